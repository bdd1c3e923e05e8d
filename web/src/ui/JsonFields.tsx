/**
 * Fields made from a JSON Schema of any depth: objects become groups, lists of objects rows that can be added and
 * removed. A control of one's own can stand in for a property or for a named schema.
 */
import { Plus, X } from 'lucide-react'
import { type ComponentType, useEffect, useRef, useState } from 'react'
import { t } from '../lib/language.ts'
import { numberOf } from '../lib/numberOf.ts'
import { said } from '../lib/said.ts'
import { Button } from './Button.tsx'
import { AreaField, CheckField, SelectField, TextField } from './Field.tsx'

export interface JsonSchema {
  readonly type?: string
  readonly title?: string
  readonly description?: string
  readonly enum?: readonly string[]
  readonly const?: unknown
  readonly default?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly $ref?: string
}

export interface ControlProps {
  readonly label: string
  readonly hint: string | undefined
  readonly fault: string | undefined
  readonly value: unknown
  readonly isRequired: boolean
  readonly onChange: (value: unknown) => void
}
/** By the name of a property, or of a schema that is referred to. */
export type Controls = Readonly<Record<string, ComponentType<ControlProps>>>

export interface JsonTexts {
  /** What a property is called. */
  readonly titles: Readonly<Record<string, string>>
  /** What a value of a list of choices is called. */
  readonly values: Readonly<Record<string, string>>
  /** Properties that are written over several lines. */
  readonly long: ReadonlySet<string>
}

interface Around {
  readonly controls: Controls
  readonly texts: JsonTexts
  /** By pointer, without the first slash. */
  readonly faults: Readonly<Record<string, string>>
}

type Values = Readonly<Record<string, unknown>>

interface GroupProps extends Around {
  readonly schema: JsonSchema
  readonly value: Values
  /** Pointer of the group; '' at the top. */
  readonly at?: string
  /** Properties that are not shown. */
  readonly without?: readonly string[]
  readonly onChange: (value: Values) => void
}

export function JsonFields({
  schema,
  value,
  at = '',
  without = [],
  onChange,
  ...around
}: GroupProps) {
  const required = new Set(schema.required)
  return Object.entries(schema.properties ?? {})
    .filter(([name, { const: fixed }]) => !without.includes(name) && typeof fixed !== 'string')
    .map(([name, property]) => (
      <JsonField
        key={name}
        {...around}
        name={name}
        at={at === '' ? name : `${at}/${name}`}
        schema={property}
        isRequired={required.has(name)}
        value={value[name]}
        onChange={(next) => {
          const { [name]: _old, ...rest } = value
          onChange(next === undefined ? rest : { ...value, [name]: next })
        }}
      />
    ))
}

interface FieldProps extends Around {
  readonly name: string
  readonly at: string
  readonly schema: JsonSchema
  readonly isRequired: boolean
  readonly value: unknown
  readonly onChange: (value: unknown) => void
}

function JsonField(props: FieldProps) {
  const { name, at, schema, isRequired, value, controls, texts, faults, onChange } = props
  const reference = schema.$ref?.split('/').at(-1) ?? ''
  const title = texts.titles[name] ?? said(schema.title ?? name)
  const label = isRequired ? title : `${title} (${t('optional')})`
  const hint = schema.description && said(schema.description)
  const about = { label, hint, fault: faults[at] }
  const Own = controls[name] ?? controls[reference]
  if (Own) return <Own {...about} {...{ value, isRequired, onChange }} />
  const kind = kindOf(schema)
  if (kind === 'group')
    return <GroupField {...props} title={title} hint={hint} fault={faults[at]} />
  if (kind === 'rows') return <RowsField {...props} title={title} hint={hint} fault={faults[at]} />
  if (kind === 'flag')
    return (
      <CheckField
        label={title}
        hint={hint}
        checked={value === true}
        onChange={({ target }) => onChange(target.checked ? true : undefined)}
      />
    )
  if (kind === 'choice')
    return (
      <SelectField
        {...about}
        value={String(value ?? '')}
        options={[
          ...(isRequired ? [] : [['', '—'] as const]),
          ...(schema.enum ?? []).map((each) => [each, texts.values[each] ?? each] as const),
        ]}
        onChange={({ target }) => onChange(target.value || undefined)}
      />
    )
  if (kind === 'number')
    return (
      <TextField
        {...about}
        type="number"
        dir="ltr"
        min={schema.minimum}
        max={schema.maximum}
        value={String(value ?? '')}
        onChange={({ target }) => onChange(target.value === '' ? undefined : Number(target.value))}
      />
    )
  if (kind === 'text' && !texts.long.has(name))
    return (
      <TextField
        {...about}
        dir="auto"
        value={String(value ?? '')}
        onChange={({ target }) => onChange(textOf(target.value, schema, isRequired))}
        onBlur={() => isLongNumber(value, schema) && onChange(Number(value))}
      />
    )
  if (kind === 'text')
    return (
      <AreaField
        {...about}
        dir="auto"
        value={String(value ?? '')}
        onChange={({ target }) => onChange(textOf(target.value, schema, isRequired))}
      />
    )
  return <WrittenField {...about} {...{ kind, schema, value, isRequired, onChange }} />
}

type Kind = 'group' | 'rows' | 'flag' | 'choice' | 'number' | 'text' | 'lines' | 'json'

function kindOf(schema: JsonSchema): Kind {
  const choices = (schema.anyOf ?? []).filter(({ type }) => type !== 'null')
  const [only] = choices
  if (only && choices.length === 1) return kindOf(only)
  if (choices.some(({ type }) => type === 'array')) return 'lines'
  if (choices.some(({ type }) => type === 'string')) return 'text'
  if (schema.enum) return 'choice'
  if (schema.type === 'boolean') return 'flag'
  if (schema.type === 'integer' || schema.type === 'number') return 'number'
  if (schema.type === 'string') return 'text'
  if (schema.type === 'array') return schema.items?.properties ? 'rows' : 'lines'
  return schema.properties ? 'group' : 'json'
}

const mayBeNumber = (schema: JsonSchema) => schema.anyOf?.some(({ type }) => type === 'number')

/** Of `number or text` what reads as a number is one. */
function textOf(text: string, schema: JsonSchema, isRequired: boolean): unknown {
  if (text === '' && !isRequired) return undefined
  return (mayBeNumber(schema) ? numberOf(text) : undefined) ?? text
}

/** "1.0" is text only as long as one may go on typing. */
const isLongNumber = (value: unknown, schema: JsonSchema) =>
  typeof value === 'string' && mayBeNumber(schema) && /^\d+(\.\d*)?$/.test(value)

type PartProps = FieldProps & { title: string; hint: string | undefined; fault: string | undefined }

function GroupField({
  title,
  hint,
  fault,
  isRequired,
  schema,
  value,
  onChange,
  ...around
}: PartProps) {
  const inner = schema.properties ? schema : schema.anyOf?.find(({ properties }) => properties)
  if (!inner) return null
  if (value === undefined || value === null)
    return (
      <div>
        <Button size="sm" onClick={() => onChange(firstOf(inner))}>
          <Plus aria-hidden />
          {title}
        </Button>
        {hint && <p className="mt-1 text-sm text-muted-foreground">{hint}</p>}
      </div>
    )
  return (
    <fieldset className="flex min-w-0 flex-col gap-4 rounded-lg border p-4">
      <legend className="flex items-center gap-1 px-1 text-sm font-medium">
        {title}
        {!isRequired && (
          <Button
            look="ghost"
            size="icon"
            className="size-6"
            aria-label={t('Take out {name}', { name: title })}
            onClick={() => onChange(undefined)}
          >
            <X />
          </Button>
        )}
      </legend>
      {fault && <p className="text-sm text-destructive">{fault}</p>}
      {hint && <p className="text-sm text-muted-foreground">{hint}</p>}
      <JsonFields {...around} schema={inner} value={objectOf(value)} onChange={onChange} />
    </fieldset>
  )
}

function RowsField({ title, hint, fault, schema, value, at, onChange, ...around }: PartProps) {
  const rows: readonly unknown[] = Array.isArray(value) ? value : []
  const { items } = schema
  if (!items) return null
  return (
    <fieldset className="flex min-w-0 flex-col gap-3">
      <legend className="mb-1 text-sm font-medium">{title}</legend>
      {hint && <p className="text-sm text-muted-foreground">{hint}</p>}
      {fault && <p className="text-sm text-destructive">{fault}</p>}
      {rows.map((row, n) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: rows are told apart by their place
          key={n}
          className="flex flex-col gap-3 rounded-lg border p-4"
        >
          <div className="flex items-center justify-between">
            <p className="text-sm font-medium">
              {title} {n + 1}
            </p>
            <Button
              look="ghost"
              size="icon"
              aria-label={t('Take out {name}', { name: `${title} ${n + 1}` })}
              onClick={() => onChange(rows.toSpliced(n, 1))}
            >
              <X />
            </Button>
          </div>
          <JsonFields
            {...around}
            at={`${at}/${n}`}
            schema={items}
            value={objectOf(row)}
            onChange={(next) => onChange(rows.with(n, next))}
          />
        </div>
      ))}
      <Button size="sm" className="self-start" onClick={() => onChange([...rows, firstOf(items)])}>
        <Plus aria-hidden />
        {t('One more')}
      </Button>
    </fieldset>
  )
}

/**
 * Lists in lines and anything else as JSON. What is typed stays as it is typed, as long as the value is the
 * one that it was read as: rows are told apart by their place, so another's value may come to stand here.
 */
function WrittenField({
  kind,
  schema,
  value,
  isRequired,
  onChange,
  ...about
}: ControlProps & { kind: Kind; schema: JsonSchema }) {
  const area = useRef<HTMLTextAreaElement>(null)
  const [typed, setTyped] = useState({ text: writtenOf(kind, value), value, isBroken: false })
  const isSame = JSON.stringify(typed.value) === JSON.stringify(value)
  const text = isSame ? typed.text : writtenOf(kind, value)
  const broken = isSame && typed.isBroken ? t('This is no JSON yet.') : ''
  // The form is not taken over without it, as if it had never been typed.
  useEffect(() => area.current?.setCustomValidity(broken), [broken])
  const isNumbers = schema.items?.type === 'number' || schema.items?.type === 'integer'
  function read(next: string): unknown {
    if (next.trim() === '') return isRequired && kind === 'lines' ? [] : undefined
    if (kind !== 'lines') return JSON.parse(next)
    if (next.includes('{{')) return next.trim()
    const lines = next.split(/[\n,]/).map((line) => line.trim())
    const given = lines.filter(Boolean)
    return isNumbers ? given.map(Number) : given
  }
  function handleChange(next: string) {
    try {
      const now = read(next)
      setTyped({ text: next, value: now, isBroken: false })
      onChange(now)
    } catch {
      setTyped({ text: next, value, isBroken: true })
    }
  }
  return (
    <AreaField
      {...about}
      ref={area}
      fault={broken || about.fault}
      dir="ltr"
      hint={about.hint ?? (kind === 'lines' ? t('One per line.') : t('As JSON.'))}
      value={text}
      onChange={({ target }) => handleChange(target.value)}
    />
  )
}

function writtenOf(kind: Kind, value: unknown): string {
  if (value === undefined || value === null) return ''
  if (kind === 'lines') return Array.isArray(value) ? value.join('\n') : String(value)
  return JSON.stringify(value, null, 2)
}

const objectOf = (value: unknown): Values =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}

/** What a new group holds: choices have their first, the rest is empty. */
function firstOf(schema: JsonSchema): Values {
  const required = new Set(schema.required)
  const given = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    if (!required.has(name)) return []
    if (property.enum) return [[name, property.enum[0]]]
    return kindOf(property) === 'text' ? [[name, '']] : []
  })
  return Object.fromEntries(given)
}
