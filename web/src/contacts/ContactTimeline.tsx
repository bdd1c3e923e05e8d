/** All that happened to a contact, newest first; a message's events lead to it. */
import { Link } from '@tanstack/react-router'
import { dateTime, zone } from '../lib/format.ts'
import { t } from '../lib/language.ts'
import { useList } from '../lib/query.ts'
import { happening } from '../messages/words.ts'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { Empty, Failed, Loading } from '../ui/States.tsx'

export function ContactTimeline({ id }: { id: string }) {
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
                    search={{ id: event.message_id } as never}
                    className="text-primary underline-offset-4 hover:underline"
                  >
                    {t('The message')}
                  </Link>
                )}
                {!event.message_id && <bdi className="text-muted-foreground">{event.source}</bdi>}
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
