/** How the template looks for a contact while it is written, and a test that really goes out to one address. */

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type Contact, ContactChoice, useContacts } from '../contacts/ContactChoice.tsx'
import { useAct } from '../lib/act.ts'
import { type Answer, type Body, post } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { said } from '../lib/said.ts'
import { useMay, useMe } from '../lib/session.ts'
import { useSettled } from '../lib/useSettled.ts'
import { Bubble } from '../messages/Bubble.tsx'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { TextField } from '../ui/Field.tsx'
import { Frame } from '../ui/Frame.tsx'
import { Text } from '../ui/Small.tsx'
import { Fault, Note, Skeleton } from '../ui/States.tsx'

type Draft = Exclude<NonNullable<NonNullable<Body<'/templates/{id}/test', 'post'>>['draft']>, true>

interface Props {
  readonly template: Answer<'/templates/{id}'>
  readonly locale: string
  /** What is not saved yet. */
  readonly draft: Draft | undefined
}

export function TemplatePreview({ template, locale, draft }: Props) {
  const maySend = useMay('messages:write')
  const [chosen, setContact] = useState<Contact>()
  const [isPhone, setPhone] = useState(false)
  const contacts = useContacts()
  const contact = chosen ?? contacts.data?.data[0]
  const known: Record<string, unknown> = {
    ...contact?.traits,
    name: contact?.name ?? t('Somebody'),
    email: contact?.email ?? '',
    phone: contact?.phone ?? '',
  }
  const settled = useSettled(draft)
  const body = {
    // What the contact lacks is shown as a placeholder; the server fills in defaults.
    template_variables: Object.fromEntries(
      Object.entries(known).filter(([, value]) => value !== null && value !== ''),
    ),
    ...{ locale, placeholders: true },
    ...(contact ? { contact_id: contact.id } : {}),
    ...(settled ? { draft: settled } : {}),
  }
  const shown = useQuery({
    queryKey: ['/templates/{id}', 'preview', template.id, template.version, body],
    enabled: !contacts.isLoading,
    placeholderData: keepPreviousData,
    retry: false,
    queryFn: () => post('/templates/{id}/test', { params: { id: template.id }, body }),
  })
  return (
    <Card
      title={t('Preview')}
      note={draft ? t('With what is not saved yet.') : undefined}
      actions={
        <>
          <ContactChoice label={t('Shown for')} value={contact} onChange={setContact} />
          {shown.data?.html && (
            <Button size="sm" aria-pressed={isPhone} onClick={() => setPhone(!isPhone)}>
              {t('On a phone')}
            </Button>
          )}
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Fault error={shown.error} />
        {shown.data && shown.data.missing.length > 0 && (
          <Note tone="warn">
            {t('This contact has no value for: {names}.', { names: shown.data.missing.join(', ') })}
          </Note>
        )}
        {shown.isLoading && <Skeleton className="h-80" />}
        {shown.data?.subject && (shown.data.html || template.channel === 'email') && (
          <p className="font-medium">
            <Text>{shown.data.subject}</Text>
          </p>
        )}
        {shown.data &&
          (shown.data.html ? (
            <Frame
              html={shown.data.html}
              title={t('The message as its recipient sees it')}
              {...(isPhone ? { width: 375 } : {})}
            />
          ) : (
            <Bubble channel={template.channel} title={shown.data.subject} text={shown.data.text} />
          ))}
        {maySend && <TestSend id={template.id} body={body} />}
      </div>
    </Card>
  )
}

function TestSend({ id, body }: { id: string; body: Body<'/templates/{id}/test', 'post'> }) {
  const me = useMe()
  const send = useAct(
    (to: string) => post('/templates/{id}/test', { params: { id }, body: { ...body, to } }),
    { quiet: true },
  )
  function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    send.mutate(String(new FormData(event.currentTarget).get('to')))
  }
  return (
    <form onSubmit={handleSubmit} className="flex flex-col gap-3 border-t pt-4">
      <div className="flex flex-wrap items-end gap-3">
        <TextField
          label={t('Send a test to')}
          name="to"
          required
          defaultValue={me?.member?.email ?? ''}
          dir="ltr"
          className="min-w-52 flex-1"
          hint={t('It counts nowhere.')}
        />
        <Button type="submit" className="mb-6" disabled={send.isPending}>
          {t('Send the test')}
        </Button>
      </div>
      <Fault error={send.error} />
      {send.data?.sent && (
        <Note tone={send.data.sent.status === 'sent' ? 'good' : 'bad'}>
          {said(send.data.sent.detail)}
        </Note>
      )}
    </form>
  )
}
