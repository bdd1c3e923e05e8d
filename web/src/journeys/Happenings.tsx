/** What is to happen while a journey is tried: each event that it listens to, so long after the start, or not at all. */
import { t } from '../lib/language.ts'
import { Text } from '../ui/Small.tsx'
import type { Asked, Typed } from './asked.ts'
import { PropertyFields } from './PropertyFields.tsx'

/** An event that comes so many hours after the start, with the properties that were typed for it. */
export interface Happening {
  readonly event: string
  readonly hours: number
  readonly typed: Typed
}

interface Props {
  readonly asked: Asked['later']
  /** What is not here does not happen. */
  readonly value: readonly Happening[]
  readonly onChange: (value: readonly Happening[]) => void
}

export function Happenings({ asked, value, onChange }: Props) {
  if (asked.size === 0) return null
  return (
    <fieldset className="mt-4 flex min-w-0 flex-col gap-2 text-sm">
      <legend className="mb-1 text-muted-foreground">{t('What happens meanwhile')}</legend>
      {[...asked].map(([event, names]) => {
        const happening = value.find((each) => each.event === event)
        const others = value.filter((each) => each.event !== event)
        const change = (more: Partial<Happening>) =>
          onChange([...others, { event, hours: 1, typed: {}, ...happening, ...more }])
        return (
          <fieldset key={event} aria-label={event} className="flex min-w-0 flex-col gap-3">
            <div className="flex flex-wrap items-center gap-3">
              <label className="flex min-h-8 items-center gap-2">
                <input
                  type="checkbox"
                  checked={happening !== undefined}
                  onChange={({ target }) => (target.checked ? change({}) : onChange(others))}
                />
                <Text>{event}</Text>
              </label>
              {happening && (
                <label className="flex items-center gap-2">
                  <input
                    type="number"
                    min={0}
                    step="any"
                    className="w-20 rounded-md border border-input bg-card px-2 py-1"
                    value={happening.hours}
                    onChange={({ target }) => {
                      const hours = target.valueAsNumber
                      change({ hours: Number.isFinite(hours) ? hours : 0 })
                    }}
                  />
                  {t('hours after the start')}
                </label>
              )}
            </div>
            {happening && (
              <PropertyFields
                names={names}
                value={happening.typed}
                onChange={(typed) => change({ typed })}
              />
            )}
          </fieldset>
        )
      })}
    </fieldset>
  )
}
