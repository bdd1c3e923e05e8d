/** All that happened to a contact, newest first; a message's events lead to it. */
import { Link } from '@tanstack/react-router'
import { dateTime, zone } from '../lib/format.ts'
import { isolated } from '../lib/isolate.ts'
import { t, told } from '../lib/language.ts'
import { useList } from '../lib/query.ts'
import { useMay } from '../lib/session.ts'
import { searchOf } from '../lib/url.ts'
import { channels, happening } from '../messages/words.ts'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { CodeBlock } from '../ui/Small.tsx'
import { Empty, Failed, Loading } from '../ui/States.tsx'

export function ContactTimeline({ id, externalId }: { id: string; externalId: string | null }) {
  const names = useNames(externalId)
  const query = useList('/contacts/{id}/timeline', {}, { params: { id } })
  if (query.isPending) return <Loading />
  if (query.isError) return <Failed error={query.error} onRetry={() => void query.refetch()} />
  const events = query.data.pages.flatMap(({ data }) => data)
  if (events.length === 0) return <Empty title={t('Nothing has happened yet.')} />
  return (
    <>
      <ol className="flex flex-col">
        {events.map((event) => {
          const [words, tone] = happening(event.name)
          return (
            <li
              key={event.id}
              className="flex flex-wrap items-baseline gap-x-3 gap-y-1 border-b py-2 last:border-0"
            >
              <Badge tone={tone}>
                <bdi>{words}</bdi>
              </Badge>
              <span className="min-w-0 flex-1 text-sm">
                {event.message_id && (
                  <Link
                    to="/messages"
                    search={searchOf({ id: event.message_id })}
                    className="inline-block py-1 text-primary underline-offset-4 hover:underline"
                  >
                    {names.get(event.message_id) ?? t('The message')}
                  </Link>
                )}
                {!event.message_id && <bdi className="text-muted-foreground">{event.source}</bdi>}
                {Object.keys(event.properties).length > 0 && (
                  <details className="text-muted-foreground">
                    <summary className="cursor-pointer py-1 text-xs">
                      {t('All that is known')}
                    </summary>
                    <CodeBlock
                      label={t('All that is known')}
                      text={JSON.stringify(event.properties, null, 2)}
                    />
                  </details>
                )}
              </span>
              <time
                dateTime={event.at}
                title={event.at}
                className="text-xs text-muted-foreground tabular-nums"
              >
                {dateTime(event.at)}
              </time>
            </li>
          )
        })}
      </ol>
      <p className="mt-3 text-xs text-muted-foreground">
        {t('Times in {zone}.', { zone: zone() })}
      </p>
      {query.hasNextPage && (
        <Button className="mt-3" onClick={() => void query.fetchNextPage()}>
          {t('Show more')}
        </Button>
      )}
    </>
  )
}

/** What their latest messages are called, so that a line says which it is about. */
function useNames(externalId: string | null): ReadonlyMap<string, string> {
  const enabled = useMay('messages:read') && externalId !== null
  const query = useList(
    '/notifications',
    { recipient_id: externalId ?? '' },
    { enabled, limit: 100 },
  )
  return new Map(
    query.data?.pages
      .flatMap(({ data }) => data)
      .map(({ id, channel, category }) => [
        id,
        [told(channels[channel]), category && isolated(category)].filter(Boolean).join(' · '),
      ]),
  )
}
