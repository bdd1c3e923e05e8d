/** Where a way leads: a step, the end, or what follows below. Also several ways at once. */
import { X } from 'lucide-react'
import { t } from '../lib/language.ts'
import { Button } from '../ui/Button.tsx'
import { SelectField } from '../ui/Field.tsx'
import type { ControlProps } from '../ui/jsonSchema.ts'

const END = '·end'

export function targetControl(steps: readonly string[]) {
  const one = ({ isRequired, value, onChange, ...about }: ControlProps) => (
    <SelectField
      {...about}
      dir="ltr"
      value={value === null ? END : String(value ?? '')}
      options={[
        ...(isRequired ? [] : [['', t('what follows below')] as const]),
        [END, t('the end')],
        ...steps.map((id) => [id, id] as const),
      ]}
      onChange={({ target }) =>
        onChange(target.value === END ? null : target.value === '' ? undefined : target.value)
      }
    />
  )
  return function TargetControl(props: ControlProps) {
    const { value, onChange, label } = props
    if (!Array.isArray(value)) return one(props)
    const listed: readonly unknown[] = value
    return (
      <div className="flex flex-col gap-3">
        {listed.map((each, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: ways are told apart by their place
          <div key={at} className="flex items-end gap-2">
            <div className="min-w-0 flex-1">
              {one({
                ...{ ...props, isRequired: true, label: `${label} ${at + 1}`, value: each },
                onChange: (next) => onChange(listed.with(at, next)),
              })}
            </div>
            {listed.length > 1 && (
              <Button
                look="ghost"
                size="icon"
                aria-label={t('Take out {name}', { name: `${label} ${at + 1}` })}
                onClick={() => onChange(listed.toSpliced(at, 1))}
              >
                <X />
              </Button>
            )}
          </div>
        ))}
        <button
          type="button"
          className="self-start text-sm text-primary hover:underline"
          onClick={() => onChange([...listed, null])}
        >
          {t('One more')}
        </button>
      </div>
    )
  }
}
