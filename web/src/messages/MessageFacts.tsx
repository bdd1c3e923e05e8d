/** All that is known about a message. */
import { Link } from '@tanstack/react-router'
import type { Answer } from '../lib/api.ts'
import { number } from '../lib/format.ts'
import { t } from '../lib/language.ts'
import { Code, CodeBlock, Facts, Text, When } from '../ui/Small.tsx'

export function MessageFacts({ message }: { message: Answer<'/notifications/{id}'> }) {
  const { engagement } = message
  const when = (at: string | null) => at && <When at={at} exact />
  return (
    <div className="flex flex-col gap-5">
      <Facts
        facts={[
          [t('Id'), <Code key="id">{message.id}</Code>],
          [
            t('Contact'),
            message.contact_id && (
              <Link
                key="contact"
                to={`/contacts/${message.contact_id}`}
                className="text-primary underline-offset-4 hover:underline"
              >
                {message.recipient_id ?? t('Open the contact')}
              </Link>
            ),
          ],
          [t('Category'), message.category && <Text>{message.category}</Text>],
          [t('Priority'), message.priority],
          [t('Attempts'), number(message.attempts)],
          [t('Accepted'), when(message.created_at)],
          [t('Scheduled for'), when(message.scheduled_at)],
          [t('Held until'), when(message.held_until)],
          [t('Sent'), when(message.sent_at)],
          [t('Not after'), when(message.expires_at)],
          [
            t('Id at the vendor'),
            message.provider_message_id && <Code>{message.provider_message_id}</Code>,
          ],
          [t('Copy of'), message.resend_of && <Code>{message.resend_of}</Code>],
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
