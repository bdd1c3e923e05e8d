/** Values for a preview and a test, in place of what the contact has or lacks. */
import { t } from '../lib/language.ts'
import { TextField } from '../ui/Field.tsx'

export type Values = Readonly<Record<string, string>>

interface Props {
  readonly names: readonly string[]
  readonly values: Values
  readonly onChange: (values: Values) => void
}

export function TryValues({ names, values, onChange }: Props) {
  if (names.length === 0) return null
  return (
    <details className="rounded-md border px-3 py-2 text-sm">
      <summary className="cursor-pointer font-medium">{t('Values to try it with')}</summary>
      <div className="mt-2 grid gap-3 sm:grid-cols-2">
        {names.map((name) => (
          <TextField
            key={name}
            label={<bdi dir="ltr">{name}</bdi>}
            dir="auto"
            value={values[name] ?? ''}
            onChange={({ target }) => onChange({ ...values, [name]: target.value })}
          />
        ))}
      </div>
    </details>
  )
}
