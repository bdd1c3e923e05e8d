/** How the template looks for a contact while it is written. */

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo, useRef, useState } from 'react'
import { type Contact, ContactChoice, useContacts } from '../contacts/ContactChoice.tsx'
import { type Answer, type Body, post } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { useMay } from '../lib/session.ts'
import { useSettled } from '../lib/useSettled.ts'
import { Bubble } from '../messages/Bubble.tsx'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { Frame } from '../ui/Frame.tsx'
import { Text } from '../ui/Small.tsx'
import { Fault, Note, Skeleton } from '../ui/States.tsx'
import { sayTextFault } from './locales.ts'
import { markMissing } from './markMissing.ts'
import { TestSend } from './TestSend.tsx'
import { TryValues, type Values } from './TryValues.tsx'

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
  const [look, setLook] = useState<Look>({ isPhone: false, isDark: false })
  const [values, setValues] = useState<Values>({})
  const contacts = useContacts()
  const contact = chosen ?? contacts.data?.data[0]
  const known: Record<string, unknown> = {
    ...contact?.traits,
    name: contact ? (contact.name ?? '') : t('Somebody'),
    email: contact?.email ?? '',
    phone: contact?.phone ?? '',
  }
  const settled = useSettled(draft)
  const tried = useSettled(values)
  const body = {
    // What the contact lacks is shown as a placeholder; the server fills in defaults.
    template_variables: Object.fromEntries(
      Object.entries({ ...known, ...tried }).filter(([, value]) => value !== null && value !== ''),
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
  const answer = useLatest(shown.data)
  const missing = answer?.missing ?? []
  const html = useMemo(() => answer?.html && markMissing(answer.html, answer.missing), [answer])
  const names = new Set([...template.variables.map(({ name }) => name), ...missing])
  return (
    <Card
      title={t('Preview')}
      note={draft ? t('With what is not published yet.') : undefined}
      actions={
        <>
          <ContactChoice label={t('Shown for')} value={contact} onChange={setContact} />
          {html && <Looks look={look} onChange={setLook} />}
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Fault error={shown.error} say={sayTextFault} />
        {missing.length > 0 && (
          <Note tone="warn">
            {t('This contact has no value for: {names}.', { names: missing.join(', ') })}{' '}
            {t('Another word stands in like this:')}{' '}
            <bdi dir="ltr" className="font-mono">{`{{ ${missing[0]} | default: "…" }}`}</bdi>
          </Note>
        )}
        <TryValues names={[...names]} values={values} onChange={setValues} />
        {shown.isLoading && <Skeleton className="h-80" />}
        {answer?.subject && (answer.html || template.channel === 'email') && (
          <p className="font-medium">
            <Text>{answer.subject}</Text>
          </p>
        )}
        {answer &&
          (html ? (
            <Frame
              html={html}
              title={t('The message as its recipient sees it')}
              isDark={look.isDark}
              width={look.isPhone ? PHONE : undefined}
            />
          ) : (
            <Bubble channel={template.channel} title={answer.subject} text={answer.text} />
          ))}
        {maySend && <TestSend id={template.id} channel={template.channel} body={body} />}
      </div>
    </Card>
  )
}

const PHONE = 375 // px

/** The last that there was: what is half written for a moment does not make the page jump. */
function useLatest<T>(value: T | undefined): T | undefined {
  const latest = useRef(value)
  if (value !== undefined) latest.current = value
  return latest.current
}

interface Look {
  readonly isPhone: boolean
  readonly isDark: boolean
}

function Looks({ look, onChange }: { look: Look; onChange: (look: Look) => void }) {
  const { isPhone, isDark } = look
  return (
    <>
      <Button
        size="sm"
        aria-pressed={isPhone}
        className="aria-pressed:border-primary aria-pressed:bg-accent"
        onClick={() => onChange({ isDark, isPhone: !isPhone })}
      >
        {t('On a phone')}
      </Button>
      <Button
        size="sm"
        aria-pressed={isDark}
        className="aria-pressed:border-primary aria-pressed:bg-accent"
        onClick={() => onChange({ isPhone, isDark: !isDark })}
      >
        {t('On dark')}
      </Button>
    </>
  )
}
