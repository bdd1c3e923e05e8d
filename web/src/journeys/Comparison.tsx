/** A fact, how it is compared, and with what. */
import { useState } from 'react'
import { msg, t, told } from '../lib/language.ts'
import { numberOf } from '../lib/numberOf.ts'
import { SelectField, TextField } from '../ui/Field.tsx'
import type { Step } from './words.ts'

export type Condition = Extract<Step, { type: 'branch' }>['cases'][number]['when']
type Operator = NonNullable<Condition['is']>

const operators: Record<Operator, string> = {
  equals: msg('is'),
  not_equals: msg('is not'),
  in: msg('is one of'),
  not_in: msg('is none of'),
  exists: msg('is there'),
  missing: msg('is missing'),
  contains: msg('contains'),
  greater: msg('is more than'),
  less: msg('is less than'),
}
const isOperator = (text: string): text is Operator => Object.hasOwn(operators, text)
const withoutValue: ReadonlySet<Operator> = new Set(['exists', 'missing'])
const withList: ReadonlySet<Operator> = new Set(['in', 'not_in'])

interface Props {
  readonly value: Condition
  readonly onChange: (value: Condition) => void
}

export function Comparison({ value, onChange }: Props) {
  const { field = '', is = 'equals' } = value
  const [typed, setTyped] = useState<string | null>(null) // while one types, as it is typed
  const text = typed ?? writtenOf(value)
  function changeOperator(next: string) {
    if (!isOperator(next)) return
    onChange(
      withoutValue.has(next) ? { field, is: next } : { field, is: next, value: read(next, text) },
    )
  }
  return (
    <div className="grid gap-3 sm:grid-cols-3">
      <TextField
        label={t('Fact')}
        dir="ltr"
        placeholder="contact.traits.plan"
        value={field}
        onChange={({ target }) => onChange({ ...value, field: target.value })}
      />
      <SelectField
        label={t('Comparison')}
        value={is}
        options={Object.entries(operators).map(([id, words]) => [id, told(words)])}
        onChange={({ target }) => changeOperator(target.value)}
      />
      {!withoutValue.has(is) && (
        <TextField
          label={withList.has(is) ? t('Values, divided by commas') : t('Value')}
          dir="auto"
          value={text}
          onChange={({ target }) => {
            setTyped(target.value)
            onChange({ field, is, value: read(is, target.value) })
          }}
          onBlur={() => setTyped(null)}
        />
      )}
    </div>
  )
}

const writtenOf = ({ value }: Condition): string =>
  Array.isArray(value) ? value.join(', ') : String(value ?? '')

/** Numbers, true and false are what they look like; lists are divided by commas. */
function read(is: Operator, text: string): unknown {
  if (withList.has(is) && !text.includes('{{')) return text.split(',').map((each) => each.trim())
  if (text === 'true' || text === 'false') return text === 'true'
  return numberOf(text) ?? text
}
