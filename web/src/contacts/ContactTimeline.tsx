/** All that happened to a contact, newest first; a message's events lead to it. */
import { Link } from '@tanstack/react-router'
import { dateTime, number, zone } from '../lib/format.ts'
import { isolated } from '../lib/isolate.ts'
import { t, told } from '../lib/language.ts'
import { useList } from '../lib/query.ts'
import { useMay } from '../lib/session.ts'
import { searchOf, useUrl } from '../lib/url.ts'
import { channels, happening, type ListedMessage } from '../messages/words.ts'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { SelectField } from '../ui/Field.tsx'
import { CodeBlock } from '../ui/Small.tsx'
import { Empty, Failed, Loading } from '../ui/States.tsx'
import { type Happening, type Line, linesOf, parts } from './timeline.ts'

export function ContactTimeline({ id }: { id: string }) {
  const [{ part }, setUrl] = useUrl(['part'])
  const names = useNames(id)
  const chosen = Object.hasOwn(parts, part) ? part : ''
  const wanted = parts[chosen]?.[2]
  const query = useList('/contacts/{id}/timeline', wanted ? { names: wanted } : {}, {
    params: { id },
  })
  return (
    <>
      <div className="mb-3">
        <SelectField
          className="max-w-60"
          label={t('Show')}
          value={chosen}
          options={[
            ['', t('Everything')],
            ...Object.entries(parts).map(([key, [words]]) => [key, told(words)] as const),
          ]}
          onChange={({ target }) => setUrl({ part: target.value })}
        />
      </div>
      {query.isPending && <Loading />}
      {query.isError && <Failed error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <Lines {...{ names }} events={query.data.pages.flatMap(({ data }) => data)} />}
      {query.hasNextPage && (
        <Button className="mt-3" onClick={() => void query.fetchNextPage()}>
          {t('Show more')}
        </Button>
      )}
    </>
  )
}

interface LinesProps {
  readonly events: readonly Happening[]
  /** What messages are called. */
  readonly names: ReadonlyMap<string, string>
}

function Lines({ events, names }: LinesProps) {
  if (events.length === 0) return <Empty title={t('Nothing has happened yet.')} />
  return (
    <>
      <ol className="flex flex-col" aria-label={t('What happened')}>
        {linesOf(events).map((line) => (
          <OneLine key={line.event.id} {...line} names={names} />
        ))}
      </ol>
      <p className="mt-3 text-xs text-muted-foreground">
        {t('Times in {zone}.', { zone: zone() })}
      </p>
    </>
  )
}

function OneLine({ event, all, names }: Line & Pick<LinesProps, 'names'>) {
  const [words, tone] = happening(event.name)
  return (
    <li className="flex flex-wrap items-baseline gap-x-3 gap-y-1 border-b py-2 last:border-0">
      <Badge tone={tone}>
        <bdi>{words}</bdi>
        {all.length > 1 && <span>{`×${number(all.length)}`}</span>}
      </Badge>
      <span className="min-w-32 flex-1 text-sm">
        <Whence {...{ event, names }} />
        {all.length > 1 ? <Times all={all} /> : <Known of={event.properties} />}
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
}

const link = 'inline-block py-1 text-primary underline-offset-4 hover:underline'

/** The message or the run that it is about, else who told it. */
function Whence({ event, names }: Pick<Line, 'event'> & Pick<LinesProps, 'names'>) {
  const { message_id, properties, source } = event
  const { journey_id, run_id } = properties
  if (message_id)
    return (
      <Link to="/messages" search={searchOf({ id: message_id })} className={link}>
        {names.get(message_id) ?? t('The message')}
      </Link>
    )
  if (source !== 'journeys' || typeof journey_id !== 'string')
    return <bdi className="text-muted-foreground">{source}</bdi>
  const name = names.get(journey_id)
  const search = searchOf({ tab: 'runs', run: typeof run_id === 'string' ? run_id : '' })
  return name === undefined ? (
    <span className="text-muted-foreground">{t('a journey')}</span>
  ) : (
    <Link to={`/journeys/${journey_id}`} search={search} className={link}>
      {name}
    </Link>
  )
}

function Times({ all }: { all: readonly Happening[] }) {
  return (
    <details className="text-muted-foreground">
      <summary className="cursor-pointer py-1 text-xs">{t('Each of them')}</summary>
      <ul>
        {all.map((each) => (
          <li key={each.id} className="text-xs tabular-nums">
            <time dateTime={each.at}>{dateTime(each.at)}</time>
            <Known of={each.properties} />
          </li>
        ))}
      </ul>
    </details>
  )
}

function Known({ of }: { of: Happening['properties'] }) {
  if (Object.keys(of).length === 0) return null
  return (
    <details className="text-muted-foreground">
      <summary className="cursor-pointer py-1 text-xs">{t('All that is known')}</summary>
      <CodeBlock label={t('All that is known')} text={JSON.stringify(of, null, 2)} />
    </details>
  )
}

/** What their latest messages are called, and the journeys, so that a line says which it is about. */
function useNames(id: string): ReadonlyMap<string, string> {
  const enabled = useMay('messages:read')
  const messages = useList('/notifications', { recipient_id: id }, { enabled, limit: 100 })
  const journeys = useList('/journeys', {}, { enabled: useMay('journeys:read'), limit: 100 })
  return new Map([
    ...(messages.data?.pages ?? []).flatMap(({ data }) =>
      data.map((each) => [each.id, nameOf(each)] as const),
    ),
    ...(journeys.data?.pages ?? []).flatMap(({ data }) =>
      data.map(({ id, title, name }) => [id, isolated(title ?? name)] as const),
    ),
  ])
}

function nameOf({ channel, about, category }: ListedMessage): string {
  const what = about || category
  return [told(channels[channel]), what && isolated(what)].filter(Boolean).join(' · ')
}
