/** How the saved template looks for a contact, and a test that really goes out to one address. */

import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useAct } from '../lib/act.ts'
import { type Answer, get, post } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { said } from '../lib/said.ts'
import { useMay, useMe } from '../lib/session.ts'
import { Bubble } from '../messages/Bubble.tsx'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { SelectField, TextField } from '../ui/Field.tsx'
import { Frame } from '../ui/Frame.tsx'
import { Text } from '../ui/Small.tsx'
import { Fault, Note, Skeleton } from '../ui/States.tsx'

interface Props {
  readonly template: Answer<'/templates/{id}'>
  readonly locale: string
  readonly isDraft: boolean
}

export function TemplatePreview({ template, locale, isDraft }: Props) {
  const mayTest = useMay('templates:write')
  const mayContacts = useMay('contacts:read')
  const [contactId, setContact] = useState('')
  const [isPhone, setPhone] = useState(false)
  const contacts = useQuery({
    queryKey: ['/contacts', 'preview'],
    enabled: mayContacts,
    queryFn: () => get('/contacts', { query: { limit: 20 } }),
  })
  const contact = contacts.data?.data.find(({ id }) => id === contactId) ?? contacts.data?.data[0]
  const known: Record<string, unknown> = {
    ...contact?.traits,
    name: contact?.name ?? t('Somebody'),
    email: contact?.email ?? '',
    phone: contact?.phone ?? '',
  }
  const variables = Object.fromEntries(
    template.variables.map(({ name, default: fallback }) => [
      name,
      known[name] ?? fallback ?? `[${name}]`,
    ]),
  )
  const shown = useQuery({
    queryKey: ['/templates/{id}', 'preview', template.id, template.version, locale, contact?.id],
    enabled: mayTest && !contacts.isLoading,
    queryFn: () =>
      post('/templates/{id}/test', {
        params: { id: template.id },
        body: { template_variables: variables, locale },
      }),
  })
  return (
    <Card
      title={t('Preview')}
      note={isDraft ? t('Of the saved version; save to see your changes.') : undefined}
      actions={
        <>
          {contacts.data && contacts.data.data.length > 0 && (
            <SelectField
              label={t('Shown for')}
              quiet
              value={contact?.id ?? ''}
              options={contacts.data.data.map(({ id, name, email, external_id }) => [
                id,
                name ?? email ?? external_id ?? id,
              ])}
              onChange={(event) => setContact(event.target.value)}
            />
          )}
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
        {shown.isLoading && <Skeleton className="h-80" />}
        {shown.data?.subject && (
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
        {mayTest && <TestSend id={template.id} locale={locale} variables={variables} />}
      </div>
    </Card>
  )
}

function TestSend({
  id,
  locale,
  variables,
}: {
  id: string
  locale: string
  variables: Record<string, unknown>
}) {
  const me = useMe()
  const send = useAct(
    (to: string) =>
      post('/templates/{id}/test', {
        params: { id },
        body: { template_variables: variables, locale, to },
      }),
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
