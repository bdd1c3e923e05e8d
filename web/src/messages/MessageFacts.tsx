/** All that is known about a message. */
import { Link } from '@tanstack/react-router'
import type { Answer } from '../lib/api.ts'
import { number } from '../lib/format.ts'
import { isolated } from '../lib/isolate.ts'
import { t, told } from '../lib/language.ts'
import { useMay } from '../lib/session.ts'
import { searchOf } from '../lib/url.ts'
import { Code, CodeBlock, Facts, Id, Text, When } from '../ui/Small.tsx'
import { MadeBy } from './MadeBy.tsx'
import { Why } from './Why.tsx'
import { priorities } from './words.ts'

const link = 'text-primary underline-offset-4 hover:underline'

export function MessageFacts({ message }: { message: Answer<'/notifications/{id}'> }) {
  const { engagement } = message
  const mayRequests = useMay('requests:read')
  const when = (at: string | null) => at && <When at={at} exact />
  const due = (at: string | null) => at && <When at={at} exact zoned />
  return (
    <div className="flex flex-col gap-5">
      <Facts
        facts={[
          [t('Id'), <Id key="id">{message.id}</Id>],
          [
            t('Contact'),
            message.contact_id && (
              <Link key="contact" to={`/contacts/${message.contact_id}`} className={link}>
                {message.recipient_id ?? t('Open the contact')}
              </Link>
            ),
          ],
          [t('Category'), message.category && <Text>{message.category}</Text>],
          [t('Why'), <Why key="why" message={message} />],
          [
            t('Template'),
            message.template_id && (
              <TemplateLink
                key="template"
                id={message.template_id}
                name={message.template_name}
                version={message.template_version ?? 1}
              />
            ),
          ],
          [t('Sender'), <SenderLink key="sender" message={message} />],
          [t('Priority'), told(priorities[message.priority])],
          [t('Attempts'), number(message.attempts)],
          [t('Request'), mayRequests && <MadeBy key="request" id={message.id} />],
          [t('Accepted'), when(message.created_at)],
          [t('Scheduled for'), due(message.scheduled_at)],
          [t('Held until'), due(message.held_until)],
          [t('Sent'), when(message.sent_at)],
          [t('Not after'), due(message.expires_at)],
          [
            t('Id at the vendor'),
            message.provider_message_id && <Id>{message.provider_message_id}</Id>,
          ],
          [
            t('Copy of'),
            message.resend_of && (
              <Link to="/messages" search={searchOf({ id: message.resend_of })} className={link}>
                <Code>{message.resend_of}</Code>
              </Link>
            ),
          ],
          [t('Opens by people'), number(engagement.human_opens)],
          [t('Opens in all, machines too'), number(engagement.opens)],
          [t('Clicks by people'), number(engagement.human_clicks)],
          [t('Replied'), when(engagement.replied_at)],
        ]}
      />
      {message.metadata && (
        <CodeBlock label={t('Metadata')} text={JSON.stringify(message.metadata, null, 2)} />
      )}
    </div>
  )
}

function Removed() {
  return <span className="text-muted-foreground">{t('removed since')}</span>
}

interface TemplateProps {
  readonly id: string
  readonly name: string | null
  readonly version: number
}

function TemplateLink({ id, name, version }: TemplateProps) {
  if (name === null) return <Removed />
  return (
    <Link to={`/templates/${id}`} className={link}>
      {t('{name}, version {version}', { name: isolated(name), version: number(version) })}
    </Link>
  )
}

const BUILT_IN = 'Sandbox' // as the server calls those that are there from the start

function SenderLink({ message }: { message: Answer<'/notifications/{id}'> }) {
  const { sender_id: id, sender_name: name, provider } = message
  if (name === null) return <Removed />
  return (
    <Link to="/senders" search={searchOf({ id })} className={link}>
      <Text>{provider === 'sandbox' && name === BUILT_IN ? t('Sandbox') : name}</Text>
    </Link>
  )
}
