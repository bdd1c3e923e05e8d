/**
 * Fields made from a JSON Schema of any depth: objects become groups, lists of objects rows that can be added and
 * removed. A control of one's own can stand in for a property or for a named schema.
 */
import { t } from '../lib/language.ts'
import { said } from '../lib/said.ts'
import { AreaField, CheckField, SelectField, TextField } from './Field.tsx'
import { GroupField, RowsField } from './JsonGroups.tsx'
import { type FieldProps, type GroupProps, isLongNumber, kindOf, textOf } from './jsonSchema.ts'
import { WrittenField } from './WrittenField.tsx'

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
  const part = { title, hint, fault: faults[at], Fields: JsonFields }
  if (kind === 'group') return <GroupField {...props} {...part} />
  if (kind === 'rows') return <RowsField {...props} {...part} />
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
