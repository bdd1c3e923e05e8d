/** What begins a run that is tried: an event of the trigger, or a request, with its properties. */
import { t } from '../lib/language.ts'
import { SelectField } from '../ui/Field.tsx'
import { Code } from '../ui/Small.tsx'
import type { Typed } from './asked.ts'
import { PropertyFields } from './PropertyFields.tsx'
import { type Document, eventsOf } from './words.ts'

/** The event that is chosen, none for a trigger without events, and what was typed for it. */
export interface Begun {
  readonly event: string | undefined
  readonly typed: Typed
}

interface Props {
  /** A draft may have none yet. */
  readonly trigger: Document['trigger'] | undefined
  readonly names: readonly string[]
  readonly value: Begun
  readonly onChange: (value: Begun) => void
}

export function Beginning({ trigger, names, value, onChange }: Props) {
  if (trigger?.schedule) return null // a schedule tells nothing
  const events = eventsOf(trigger)
  return (
    <fieldset className="mt-4 flex min-w-0 flex-col gap-2 text-sm">
      <legend className="mb-1 text-muted-foreground">
        {events.length === 1 ? (
          <>
            {t('What begins it')}: <Code>{events[0]}</Code>
          </>
        ) : (
          t('What begins it')
        )}
      </legend>
      {events.length > 1 && (
        <SelectField
          label={t('Event')}
          className="sm:max-w-sm"
          dir="ltr"
          value={value.event ?? events[0]}
          options={events.map((event) => [event, event])}
          onChange={({ target }) => onChange({ ...value, event: target.value })}
        />
      )}
      <PropertyFields
        names={names}
        value={value.typed}
        onChange={(typed) => onChange({ ...value, typed })}
      />
    </fieldset>
  )
}
