/** What would have gone out: messages of sandbox senders, drawn as their channel shows them, and what their recipients could do. */
import { ArrowLeft } from 'lucide-react'
import { cn } from '../lib/cn.ts'
import { t, told } from '../lib/language.ts'
import { useActivity } from '../lib/live.ts'
import { refresh, useList } from '../lib/query.ts'
import { useUrl } from '../lib/url.ts'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { SelectField } from '../ui/Field.tsx'
import { Page } from '../ui/Page.tsx'
import { Code, When } from '../ui/Small.tsx'
import { Empty, Failed, Loading } from '../ui/States.tsx'
import { Content } from './Content.tsx'
import { SimulateButtons } from './SimulateButtons.tsx'
import { StatusBadge } from './StatusBadge.tsx'
import { channelOptions, channels, type Message } from './words.ts'

const gone = ['sent', 'delivered', 'bounced', 'failed', 'unknown']

export function OutboxPage() {
  const [{ channel, id }, setUrl] = useUrl(['channel', 'id'])
  const query = useList('/notifications', {
    provider: 'sandbox',
    ...(channel && Object.hasOwn(channels, channel) ? { channel } : {}),
  })
  useActivity({ names: 'message.*' }, () => void refresh('/notifications', '/notifications/{id}'))
  const rows = (query.data?.pages ?? [])
    .flatMap(({ data }) => data)
    .filter(({ status }) => gone.includes(status))
  const open = rows.find((row) => row.id === id) ?? rows[0]
  return (
    <Page
      title={t('Sandbox outbox')}
      note={t(
        'What would have gone out on channels that have no real sender yet. Nothing here left this server.',
      )}
      actions={
        <SelectField
          label={t('Channel')}
          quiet
          value={channel}
          options={channelOptions()}
          onChange={(event) => setUrl({ channel: event.target.value, id: '' }, true)}
        />
      }
    >
      {query.isError && <Failed error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <Loading />}
      {query.data && !open && query.hasNextPage && (
        <Button
          className="self-start"
          disabled={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {t('Look further back')}
        </Button>
      )}
      {query.data && !open && !query.hasNextPage && (
        <Card>
          <Empty
            title={t('The outbox is empty.')}
            note={t('Messages appear here when they are sent on a channel without a real sender.')}
            action={
              <Button asChild look="primary">
                <a href="/app/start">{t('First steps')}</a>
              </Button>
            }
          />
        </Card>
      )}
      {open && (
        <div className="grid gap-5 grid-cols-1 lg:grid-cols-[20rem_minmax(0,1fr)]">
          <Card flush className={cn('lg:max-h-[75vh] lg:overflow-y-auto', id && 'max-lg:hidden')}>
            <OutboxList rows={rows} open={open.id} onOpen={(next) => setUrl({ id: next }, true)} />
            {query.hasNextPage && (
              <div className="p-3 text-center">
                <Button size="sm" onClick={() => void query.fetchNextPage()}>
                  {t('Show more')}
                </Button>
              </div>
            )}
          </Card>
          <Card
            className={id ? '' : 'max-lg:hidden'}
            title={<Code>{open.to ?? told(channels[open.channel])}</Code>}
            note={told(channels[open.channel])}
            actions={<SimulateButtons message={open} />}
          >
            <Button className="mb-3 lg:hidden" size="sm" onClick={() => setUrl({ id: '' })}>
              <ArrowLeft className="rtl:-scale-x-100" /> {t('Messages')}
            </Button>
            <Content key={open.id} id={open.id} channel={open.channel} />
          </Card>
        </div>
      )}
    </Page>
  )
}

interface ListProps {
  readonly rows: readonly Message[]
  readonly open: string
  readonly onOpen: (id: string) => void
}

function OutboxList({ rows, open, onOpen }: ListProps) {
  return (
    <ul aria-label={t('Messages')}>
      {rows.map((row) => (
        <li key={row.id} className="border-b last:border-0">
          <button
            type="button"
            aria-current={row.id === open}
            onClick={() => onOpen(row.id)}
            className="flex w-full flex-col gap-1 px-4 py-3 text-start -outline-offset-2 hover:bg-muted aria-current:bg-accent"
          >
            <span className="flex w-full items-center justify-between gap-2">
              <span className="min-w-0 truncate font-medium">
                <Code>{row.to ?? row.recipient_id ?? told(channels[row.channel])}</Code>
              </span>
              <StatusBadge status={row.status} />
            </span>
            <span className="flex w-full justify-between gap-2 text-xs text-muted-foreground">
              {told(channels[row.channel])}
              <When at={row.created_at} />
            </span>
          </button>
        </li>
      ))}
    </ul>
  )
}
