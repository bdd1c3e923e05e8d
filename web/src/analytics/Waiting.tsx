/** What is not sent yet, and why. */
import { Link } from '@tanstack/react-router'
import { t } from '../lib/language.ts'
import { useList } from '../lib/query.ts'
import { said } from '../lib/said.ts'
import { searchOf } from '../lib/url.ts'
import { StatusBadge } from '../messages/StatusBadge.tsx'
import type { Message } from '../messages/words.ts'
import { Card } from '../ui/Card.tsx'
import { Code, When } from '../ui/Small.tsx'
import { Empty, Failed, Loading } from '../ui/States.tsx'

const SHOWN = 5 // of each kind

export function Waiting() {
  const held = useList('/notifications', { status: 'held' }, { limit: SHOWN })
  const scheduled = useList('/notifications', { status: 'scheduled' }, { limit: SHOWN })
  const failed = held.error ?? scheduled.error
  const rows: readonly Message[] = [held, scheduled].flatMap(
    ({ data }) => data?.pages[0]?.data.toSorted(byDue) ?? [],
  )
  const more = [
    ...(held.hasNextPage ? [['held', t('All that are held')] as const] : []),
    ...(scheduled.hasNextPage ? [['scheduled', t('All that are scheduled')] as const] : []),
  ]
  return (
    <Card title={t('Waiting')} note={t('Held back, or due later')}>
      {failed && <Failed error={failed} />}
      {!failed && (held.isPending || scheduled.isPending) && <Loading rows={3} />}
      {!failed && held.data && scheduled.data && rows.length === 0 && (
        <Empty title={t('Nothing waits.')} />
      )}
      <ul className="flex flex-col gap-3">
        {rows.map((message) => (
          <li key={message.id} className="text-sm">
            <Link
              to="/messages"
              search={searchOf({ id: message.id })}
              className="flex min-h-6 items-center gap-2 hover:underline"
            >
              <StatusBadge status={message.status} />
              <span dir="ltr" className="min-w-0 flex-1 truncate rtl:text-right">
                <Code>{message.to ?? message.recipient_id ?? ''}</Code>
              </span>
              {dueOf(message) && <When at={dueOf(message)} />}
            </Link>
            {message.detail && (
              <p dir="auto" className="text-muted-foreground">
                {said(message.detail)}
              </p>
            )}
          </li>
        ))}
      </ul>
      {more.map(([status, words]) => (
        <Link
          key={status}
          to="/messages"
          search={searchOf({ status })}
          className="mt-3 inline-block py-0.5 text-sm text-primary underline-offset-4 hover:underline"
        >
          {words}
        </Link>
      ))}
    </Card>
  )
}

const dueOf = ({ held_until, scheduled_at }: Message): string => held_until ?? scheduled_at ?? ''

/** The next one first; held for good at the end. */
function byDue(one: Message, other: Message): number {
  const [a, b] = [dueOf(one) || '~', dueOf(other) || '~']
  return a < b ? -1 : a > b ? 1 : 0
}
