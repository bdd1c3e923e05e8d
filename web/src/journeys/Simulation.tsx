/** What the journey would do for somebody: every wait passes at once, nothing is sent. */

import { useMemo, useState } from 'react'
import { type Contact, ContactChoice, useContacts } from '../contacts/ContactChoice.tsx'
import { useAct } from '../lib/act.ts'
import { post } from '../lib/api.ts'
import { zone } from '../lib/format.ts'
import { t } from '../lib/language.ts'
import { said } from '../lib/said.ts'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { Fault, Note } from '../ui/States.tsx'
import { askedOf, propertiesFrom } from './asked.ts'
import { Beginning, type Begun } from './Beginning.tsx'
import { type Happening, Happenings } from './Happenings.tsx'
import { SimulatedStep } from './SimulatedStep.tsx'
import { type Document, eventsOf } from './words.ts'

interface Props {
  readonly id: string
  readonly document: Document
  /** It is not published: it goes along, instead of the version in use. */
  readonly isDraft?: boolean
}

export function Simulation({ id, document, isDraft = false }: Props) {
  const contacts = useContacts()
  const [chosen, setContact] = useState<Contact>()
  const [begun, setBegun] = useState<Begun>({ event: undefined, typed: {} })
  const [happening, setHappening] = useState<readonly Happening[]>([])
  const contact = chosen ?? contacts.data?.data[0]
  const asked = useMemo(() => askedOf(document), [document])
  const event = beginningOf(document, begun)
  const events = happening
    .filter((each) => asked.later.has(each.event))
    .map(({ event, hours, typed }) => ({
      ...{ event, after: { hours }, properties: propertiesFrom(typed) },
    }))
  const run = useAct(
    () =>
      post('/journeys/{id}/simulate', {
        params: { id },
        body: {
          ...(contact ? { contact_id: contact.id } : {}),
          ...(event ? { event } : {}),
          ...(events.length > 0 ? { events } : {}),
          ...(isDraft ? { document } : {}),
        },
      }),
    { quiet: true },
  )
  return (
    <Card title={t('Try it with a contact')} note={t('Waits pass at once and nothing is sent.')}>
      <div className="flex flex-wrap items-end gap-3">
        <ContactChoice label={t('Contact')} value={contact} onChange={setContact} />
        <Button look="primary" disabled={run.isPending} onClick={() => run.mutate(undefined)}>
          {t('Go through it')}
        </Button>
      </div>
      <Beginning
        trigger={document.trigger}
        names={asked.beginning}
        value={begun}
        onChange={setBegun}
      />
      <Happenings asked={asked.later} value={happening} onChange={setHappening} />
      <div className="mt-4 flex flex-col gap-3">
        <Fault error={run.error} />
        {run.data && !run.data.enters && (
          <Note tone="warn">
            {said(run.data.ended.reason ?? '') || t('This contact would not come in.')}
          </Note>
        )}
        {run.data && (
          <ol className="flex flex-col" aria-label={t('Its path')}>
            {run.data.path.map((step) => (
              <SimulatedStep key={`${step.step} ${step.at}`} step={step} />
            ))}
          </ol>
        )}
        {run.data?.enters && <Outcome ended={run.data.ended} />}
        {run.data && (
          <p className="text-xs text-muted-foreground">{t('Times in {zone}.', { zone: zone() })}</p>
        )}
      </div>
    </Card>
  )
}

/** None for a schedule: it has no properties. */
function beginningOf({ trigger }: Partial<Document>, { event, typed }: Begun) {
  if (trigger?.schedule) return undefined
  const isThere = event !== undefined && eventsOf(trigger).includes(event)
  return { ...(isThere ? { name: event } : {}), properties: propertiesFrom(typed) }
}

interface Ended {
  readonly status: 'not_entered' | 'done' | 'exited' | 'failed' | 'held'
  readonly reason: string | null
}

function Outcome({ ended: { status, reason } }: { ended: Ended }) {
  const words = {
    not_entered: [t('Does not come in'), 'warn'],
    done: [t('Done'), 'good'],
    exited: [t('Left early'), 'plain'],
    failed: [t('Failed'), 'bad'],
    held: [t('Held'), 'warn'],
  } as const
  return (
    <p className="flex flex-wrap items-center gap-2 text-sm">
      <Badge tone={words[status][1]}>{words[status][0]}</Badge>
      {reason && <bdi>{said(reason)}</bdi>}
    </p>
  )
}
