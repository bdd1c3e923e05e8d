/** What is to happen while a journey is tried: each event that it listens to, so long after the start, or not at all. */
import { t } from '../lib/language.ts'
import { Text } from '../ui/Small.tsx'
import type { Document } from './words.ts'

/** Hours after the start, by event; what is not here does not happen. */
export type Hours = Readonly<Record<string, number>>

/** What its waits, its goal and its rules listen to. */
export function eventsOf({ steps, exit_on = [], goal }: Document): readonly string[] {
  const waits = steps.flatMap((step) =>
    step.type === 'wait_for' && step.event ? [step.event] : [],
  )
  const others = [...exit_on.map(({ event }) => event), ...(goal ? [goal.event] : [])]
  return [...new Set([...waits, ...others])].filter(Boolean)
}

interface Props {
  readonly events: readonly string[]
  readonly value: Hours
  readonly onChange: (hours: Hours) => void
}

export function Happenings({ events, value, onChange }: Props) {
  if (events.length === 0) return null
  return (
    <fieldset className="mt-4 flex flex-col gap-2 text-sm">
      <legend className="mb-1 text-muted-foreground">{t('What happens meanwhile')}</legend>
      {events.map((event) => {
        const hours = value[event]
        const { [event]: _, ...others } = value
        return (
          <div key={event} className="flex flex-wrap items-center gap-3">
            <label className="flex min-h-8 items-center gap-2">
              <input
                type="checkbox"
                checked={hours !== undefined}
                onChange={({ target }) =>
                  onChange(target.checked ? { ...others, [event]: 1 } : others)
                }
              />
              <Text>{event}</Text>
            </label>
            {hours !== undefined && (
              <label className="flex items-center gap-2">
                <input
                  type="number"
                  min={0}
                  step="any"
                  className="w-20 rounded-md border border-input bg-card px-2 py-1"
                  value={hours}
                  onChange={({ target }) => {
                    const given = target.valueAsNumber
                    onChange({ ...others, [event]: Number.isFinite(given) ? given : 0 })
                  }}
                />
                {t('hours after the start')}
              </label>
            )}
          </div>
        )
      })}
    </fieldset>
  )
}
