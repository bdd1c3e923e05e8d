/** Shows one state of a list only, or every one. */
import { t, told } from '../lib/language.ts'
import type { Tone } from './Badge.tsx'
import { SelectField } from './Field.tsx'

interface Props {
  readonly states: Readonly<Record<string, readonly [words: string, tone: Tone]>>
  /** Empty: every state. */
  readonly value: string
  readonly onChange: (state: string) => void
}

export function StateFilter({ states, value, onChange }: Props) {
  return (
    <SelectField
      label={t('State')}
      quiet
      value={value}
      options={[
        ['', t('Every state')],
        ...Object.entries(states).map(([id, [words]]) => [id, told(words)] as const),
      ]}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}
