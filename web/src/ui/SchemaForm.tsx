/**
 * A form made from a JSON Schema, as providers and connectors describe their settings: no provider has a
 * line of React. What is secret shows that it is set and keeps its value when left alone.
 */
import { type SubmitEvent, useState } from 'react'
import { t } from '../lib/language.ts'
import { fieldFaults, sayProblem } from '../lib/problem.ts'
import { said } from '../lib/said.ts'
import { Button } from './Button.tsx'
import { type Property, PropertyField } from './PropertyField.tsx'
import { Fault } from './States.tsx'

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
  /** That of the field itself, or else of something in it: `tags/2`. */
  const faultOf = (name: string) => {
    const at = `${prefix}${name}`
    return faults[at] ?? Object.entries(faults).find(([each]) => each.startsWith(`${at}/`))?.[1]
  }
  /** By the field's title, where the server has but its name. */
  const sayFault = () => {
    const [[at, fault] = ['', '']] = Object.entries(faults)
    const found = properties.find(([name]) => `${at}/`.startsWith(`${prefix}${name}/`))
    return found ? `${said(found[1].title ?? found[0])}: ${fault}` : sayProblem(error)
  }
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
      fault={faultOf(name)}
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
      <Fault error={error} say={sayFault} />
      {properties.filter(isMain).map(field)}
      {rest.length > 0 && (
        <details className="rounded-md border p-3" open={rest.some(([name]) => faultOf(name))}>
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
