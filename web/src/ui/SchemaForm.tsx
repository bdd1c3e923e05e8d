/**
 * A form made from a JSON Schema, as providers and connectors describe their settings: no provider has a
 * line of React. What is secret shows that it is set and keeps its value when left alone.
 */
import { type ComponentProps, type SubmitEvent, useState } from 'react'
import { t } from '../lib/language.ts'
import { fieldFaults } from '../lib/problem.ts'
import { said } from '../lib/said.ts'
import { Button } from './Button.tsx'
import { AreaField, CheckField, SelectField, TextField } from './Field.tsx'
import { MappingField } from './MappingField.tsx'
import { Fault } from './States.tsx'

type MappingFields = ComponentProps<typeof MappingField>['fields']
type MappingLines = ComponentProps<typeof MappingField>['lines']

interface Property {
  readonly type?: string
  readonly title?: string
  readonly description?: string
  readonly enum?: readonly string[]
  readonly default?: unknown
  readonly format?: string
  readonly secret?: boolean
  readonly minimum?: number
  readonly maximum?: number
  readonly pattern?: string
  readonly items?: { readonly type?: string }
  /** Drawn by a control of its own. */
  readonly widget?: 'mapping'
  readonly fields?: MappingFields
}

export type Values = Readonly<Record<string, unknown>>
export type Schema = Readonly<Record<string, unknown>>

export interface Second {
  readonly label: string
  readonly pending: boolean
  readonly onSubmit: (values: Values) => void
}

interface Props {
  readonly schema: Schema
  readonly values?: Values | undefined
  readonly submit: string
  readonly pending: boolean
  readonly error: unknown
  /** Where the fields stand in the request, for the pointers of its faults: `settings/`. */
  readonly prefix?: string
  readonly onSubmit: (values: Values) => void
  /** Something else to do with what is filled in, before it is saved. */
  readonly second?: Second
}

const MANY = 8 // fields; optional ones beyond that stand under "More"

export function SchemaForm({
  schema,
  values = {},
  submit,
  pending,
  error,
  prefix = '',
  onSubmit,
  second,
}: Props) {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, Property>) // zod wrote it
  const required = new Set((schema['required'] ?? []) as readonly string[]) // zod wrote it
  const faults = fieldFaults(error)
  const [touched, setTouched] = useState<Values>({})
  // What stands before a secret or a mapping belongs to it: a user to its password.
  const secrets = properties.map(([, { secret }]) => secret === true)
  const widgets = properties.map(([, { widget }]) => widget !== undefined)
  const isMain = ([name]: [string, Property], at: number) =>
    required.has(name) ||
    widgets[at] ||
    widgets[at + 1] ||
    secrets[at] ||
    secrets[at + 1] ||
    properties.length <= MANY
  const field = ([name, property]: [string, Property]) => (
    <PropertyField
      key={name}
      name={name}
      property={property}
      value={name in touched ? touched[name] : values[name]}
      isRequired={required.has(name)}
      isSet={values[name] !== undefined}
      fault={faults[`${prefix}${name}`]}
      onChange={(value) => setTouched((before) => ({ ...before, [name]: value }))}
    />
  )
  const rest = properties.filter((each, at) => !isMain(each, at))
  function handleSubmit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault()
    const { submitter } = event.nativeEvent as globalThis.SubmitEvent // React's has it
    if (second && submitter?.getAttribute('value') === 'second') second.onSubmit(touched)
    else onSubmit(touched)
  }
  return (
    <form onSubmit={handleSubmit} className="flex flex-col gap-4">
      <Fault error={error} />
      {properties.filter(isMain).map(field)}
      {rest.length > 0 && (
        <details
          className="rounded-md border p-3"
          open={rest.some(([name]) => faults[`${prefix}${name}`])}
        >
          <summary className="cursor-pointer text-sm font-medium">{t('More settings')}</summary>
          <div className="mt-3 flex flex-col gap-4">{rest.map(field)}</div>
        </details>
      )}
      {second && (
        <Button
          type="submit"
          value="second"
          disabled={second.pending}
          aria-busy={second.pending}
          className="self-start"
        >
          {second.label}
        </Button>
      )}
      <Button look="primary" type="submit" disabled={pending} aria-busy={pending}>
        {submit}
      </Button>
    </form>
  )
}

interface FieldProps {
  readonly name: string
  readonly property: Property
  readonly value: unknown
  readonly isRequired: boolean
  readonly isSet: boolean
  readonly fault: string | undefined
  readonly onChange: (value: unknown) => void
}

function PropertyField({ name, property, value, isRequired, isSet, fault, onChange }: FieldProps) {
  const { type, secret, format } = property
  const title = said(property.title ?? name)
  const description = property.description && said(property.description)
  const label = isRequired ? title : `${title} (${t('optional')})`
  const about = { label, hint: description, fault, name }
  if (type === 'boolean')
    return (
      <CheckField
        label={title}
        hint={description}
        checked={Boolean(value ?? property.default)}
        onChange={(event) => onChange(event.target.checked)}
      />
    )
  if (property.widget === 'mapping')
    return (
      <MappingField
        title={title}
        hint={description}
        fault={fault}
        fields={property.fields ?? []}
        lines={(value ?? property.default ?? []) as MappingLines} // as its schema says
        onChange={onChange}
      />
    )
  if (property.enum)
    return (
      <SelectField
        {...about}
        value={String(value ?? property.default ?? '')}
        options={property.enum.map((each) => [each, each])}
        onChange={(event) => onChange(event.target.value)}
      />
    )
  if (type === 'array' || type === 'object')
    return (
      <AreaField
        {...about}
        dir="ltr"
        hint={description ?? (type === 'array' ? t('One per line.') : t('As JSON.'))}
        defaultValue={
          type === 'array'
            ? ((value ?? []) as readonly unknown[]).join('\n')
            : value
              ? JSON.stringify(value, null, 2)
              : ''
        }
        onChange={(event) => onChange(parsed(type, event.target.value))}
      />
    )
  const isNumber = type === 'number' || type === 'integer'
  return (
    <TextField
      {...about}
      dir={/name|text|title/.test(name) ? 'auto' : 'ltr'}
      type={secret ? 'password' : isNumber ? 'number' : format === 'uri' ? 'url' : 'text'}
      autoComplete={secret ? 'new-password' : 'off'}
      required={isRequired && !(secret && isSet)}
      {...(isNumber
        ? { min: property.minimum, max: property.maximum, step: type === 'integer' ? 1 : 'any' }
        : {})}
      placeholder={
        secret && isSet ? t('Set; leave it empty to keep it') : String(property.default ?? '')
      }
      value={secret && isMasked(value) ? '' : String(value ?? '')}
      onChange={({ target }) =>
        onChange(target.value === '' ? undefined : isNumber ? Number(target.value) : target.value)
      }
    />
  )
}

const isMasked = (value: unknown) => typeof value === 'string' && value.startsWith('••••')

function parsed(type: 'array' | 'object', text: string): unknown {
  if (type === 'array')
    return text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)
  try {
    return JSON.parse(text)
  } catch {
    return text // the server says what is wrong with it
  }
}
