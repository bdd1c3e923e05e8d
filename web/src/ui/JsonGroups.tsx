/** Groups of fields that can be absent, and rows of them that can be added and removed. */
import { Plus, X } from 'lucide-react'
import type { ComponentType } from 'react'
import { t } from '../lib/language.ts'
import { Button } from './Button.tsx'
import { type FieldProps, firstOf, type GroupProps, objectOf } from './jsonSchema.ts'

type PartProps = FieldProps & {
  title: string
  hint: string | undefined
  fault: string | undefined
  /** Draws what is in it. */
  Fields: ComponentType<GroupProps>
}

export function GroupField({
  title,
  hint,
  fault,
  isRequired,
  schema,
  value,
  Fields,
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
      <Fields {...around} schema={inner} value={objectOf(value)} onChange={onChange} />
    </fieldset>
  )
}

export function RowsField({
  title,
  hint,
  fault,
  schema,
  value,
  at,
  Fields,
  onChange,
  ...around
}: PartProps) {
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
          <Fields
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
