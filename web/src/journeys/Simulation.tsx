/** What the journey would do for somebody: every wait passes at once, nothing is sent. */

import { useState } from 'react'
import { type Contact, ContactChoice, useContacts } from '../contacts/ContactChoice.tsx'
import { useAct } from '../lib/act.ts'
import { post } from '../lib/api.ts'
import { dateTime, zone } from '../lib/format.ts'
import { t, told } from '../lib/language.ts'
import { said } from '../lib/said.ts'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { Fault, Note } from '../ui/States.tsx'
import { type Document, kinds } from './words.ts'

/** `document`: what is not saved yet, instead of the version in use. */
export function Simulation({ id, document }: { id: string; document?: Document }) {
  const contacts = useContacts()
  const [chosen, setContact] = useState<Contact>()
  const contact = chosen ?? contacts.data?.data[0]
  const run = useAct(
    () =>
      post('/journeys/{id}/simulate', {
        params: { id },
        body: { ...(contact ? { contact_id: contact.id } : {}), ...(document ? { document } : {}) },
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
      <div className="mt-4 flex flex-col gap-3">
        <Fault error={run.error} />
        {run.data && !run.data.enters && (
          <Note tone="warn">
            {said(run.data.ended.reason ?? '') || t('This contact would not come in.')}
          </Note>
        )}
        {run.data && (
          <ol className="flex flex-col">
            {run.data.path.map((step) => (
              <li
                key={`${step.step} ${step.at}`}
                className="flex flex-wrap items-baseline gap-3 border-b py-2 text-sm last:border-0"
              >
                <Badge tone="info">{told(kinds[step.type])}</Badge>
                <span className="min-w-0 flex-1" dir="auto">
                  {said(step.says)}
                </span>
                <time dateTime={step.at} className="text-xs text-muted-foreground">
                  {dateTime(step.at)}
                </time>
              </li>
            ))}
          </ol>
        )}
        {run.data && (
          <p className="text-xs text-muted-foreground">{t('Times in {zone}.', { zone: zone() })}</p>
        )}
      </div>
    </Card>
  )
}
