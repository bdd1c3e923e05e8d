/** The field of one setting, by what its schema says of it. */
import type { ComponentProps } from 'react'
import { t } from '../lib/language.ts'
import { said } from '../lib/said.ts'
import { AreaField, CheckField, SelectField, TextField } from './Field.tsx'
import { MappingField } from './MappingField.tsx'
import { WrittenField } from './WrittenField.tsx'

type MappingFields = ComponentProps<typeof MappingField>['fields']
type MappingLines = ComponentProps<typeof MappingField>['lines']

export interface Property {
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

interface FieldProps {
  readonly name: string
  readonly property: Property
  readonly value: unknown
  readonly isRequired: boolean
  readonly isSet: boolean
  readonly fault: string | undefined
  readonly onChange: (value: unknown) => void
}

export function PropertyField({
  name,
  property,
  value,
  isRequired,
  isSet,
  fault,
  onChange,
}: FieldProps) {
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
  if (type === 'object')
    return <WrittenField {...about} {...{ value, isRequired, onChange }} kind="json" schema={{}} />
  if (type === 'array')
    return (
      <AreaField
        {...about}
        dir="auto"
        hint={description ?? t('One per line.')}
        defaultValue={((value ?? []) as readonly unknown[]).join('\n')} // as its schema says
        onChange={(event) => onChange(linesOf(event.target.value))}
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

const linesOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
