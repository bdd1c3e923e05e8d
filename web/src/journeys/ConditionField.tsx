/** A question about a run's facts: a field with what it is, or several that all or any hold. */
import { Plus, X } from 'lucide-react'
import { t } from '../lib/language.ts'
import { Button } from '../ui/Button.tsx'
import { SelectField } from '../ui/Field.tsx'
import type { ControlProps } from '../ui/jsonSchema.ts'
import { Comparison, type Condition } from './Comparison.tsx'

const empty: Condition = { field: '', is: 'equals', value: '' }

/** As a control of JsonFields: nothing, or a condition. */
export function ConditionControl({
  label,
  hint,
  fault,
  value,
  isRequired,
  onChange,
}: ControlProps) {
  if (value === undefined || value === null)
    return (
      <Button size="sm" className="self-start" onClick={() => onChange(empty)}>
        <Plus aria-hidden />
        {label}
      </Button>
    )
  return (
    <fieldset className="flex min-w-0 flex-col gap-3 rounded-lg border p-4">
      <legend className="px-1 text-sm font-medium">{label}</legend>
      {hint && <p className="text-sm text-muted-foreground">{hint}</p>}
      {fault && <p className="text-sm text-destructive">{fault}</p>}
      <ConditionField
        value={value as Condition} // the document's schema says so
        onChange={onChange}
        onRemove={isRequired ? undefined : () => onChange(undefined)}
      />
    </fieldset>
  )
}

interface Props {
  readonly value: Condition
  readonly onChange: (value: Condition) => void
  readonly onRemove: (() => void) | undefined
}

type Form = 'field' | 'all' | 'any' | 'not'
const formOf = (value: Condition): Form =>
  value.all ? 'all' : value.any ? 'any' : value.not ? 'not' : 'field'
const partsOf = (value: Condition): readonly Condition[] =>
  value.all ?? value.any ?? (value.not ? [value.not] : [value])

function inForm(form: string, value: Condition): Condition {
  const parts = partsOf(value)
  if (form === 'all') return { all: [...parts] }
  if (form === 'any') return { any: [...parts] }
  if (form === 'not') return { not: parts.length === 1 ? (parts[0] ?? empty) : value }
  return parts[0]?.field === undefined ? empty : parts[0]
}

function ConditionField({ value, onChange, onRemove }: Props) {
  const form = formOf(value)
  const parts = partsOf(value)
  const change = (next: readonly Condition[]) =>
    onChange(form === 'any' ? { any: [...next] } : { all: [...next] })
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-end gap-2">
        <SelectField
          label={t('Holds when')}
          className="flex-1"
          value={form}
          options={[
            ['field', t('this is so')],
            ['all', t('all of these are so')],
            ['any', t('any of these is so')],
            ['not', t('this is not so')],
          ]}
          onChange={({ target }) => onChange(inForm(target.value, value))}
        />
        {onRemove && (
          <Button
            look="ghost"
            size="icon"
            aria-label={t('Take out the condition')}
            onClick={onRemove}
          >
            <X />
          </Button>
        )}
      </div>
      {form === 'field' && <Comparison value={value} onChange={onChange} />}
      {form !== 'field' && (
        <div className="flex flex-col gap-4 border-s-2 ps-4">
          {parts.map((part, at) => (
            <ConditionField
              // biome-ignore lint/suspicious/noArrayIndexKey: conditions are told apart by their place
              key={at}
              value={part}
              onChange={(next) =>
                form === 'not' ? onChange({ not: next }) : change(parts.with(at, next))
              }
              onRemove={parts.length > 1 ? () => change(parts.toSpliced(at, 1)) : undefined}
            />
          ))}
          {form !== 'not' && (
            <Button size="sm" className="self-start" onClick={() => change([...parts, empty])}>
              <Plus aria-hidden />
              {t('One more')}
            </Button>
          )}
        </div>
      )}
    </div>
  )
}
