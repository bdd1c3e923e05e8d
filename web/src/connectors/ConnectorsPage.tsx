/** Other systems: how each connection is, when it read last and will read next. */
import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { type Answer, get } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { said } from '../lib/said.ts'
import { useMay } from '../lib/session.ts'
import { useUrl } from '../lib/url.ts'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { Page } from '../ui/Page.tsx'
import { Text, When } from '../ui/Small.tsx'
import { StandingBadge } from '../ui/Standing.tsx'
import { Empty, Failed, Loading } from '../ui/States.tsx'
import { AddConnector } from './AddConnector.tsx'
import { CallbackGroups } from './CallbackGroups.tsx'
import { CallbacksTable } from './CallbacksTable.tsx'
import { ConnectorDrawer } from './ConnectorDrawer.tsx'
import { Progress } from './Progress.tsx'
import { SyncTable } from './SyncTable.tsx'
import { stateOf } from './state.ts'

const LOOK_MS = 2_000

export type Connection = Answer<'/connectors'>['data'][number]

export function ConnectorsPage() {
  const [{ id, add }, setUrl] = useUrl(['id', 'add'])
  const query = useQuery({
    queryKey: ['/connectors'],
    queryFn: () => get('/connectors', { query: { limit: 100 } }),
    // While something is read one wants to see how far it is. It keeps no session alive (lib/attended.ts).
    refetchInterval: ({ state: { data } }) =>
      data?.data.some(({ tasks }) => tasks.some(({ running }) => running)) ? LOOK_MS : false,
  })
  const mayWrite = useMay('senders:write')
  const connections = query.data?.data ?? []
  const open = connections.find((each) => each.id === id)
  return (
    <Page
      title={t('Connectors')}
      note={t('Other systems of yours: what happens there becomes events here.')}
      actions={
        mayWrite && (
          <Button look="primary" onClick={() => setUrl({ add: 'choose' }, true)}>
            <Plus /> {t('Add a connector')}
          </Button>
        )
      }
    >
      {query.isPending && <Loading />}
      {query.isError && <Failed error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && connections.length === 0 && (
        <Card>
          <Empty
            title={t('Nothing is connected yet.')}
            note={t(
              'Close and monday.com are ready: with their key, leads and openings come in by themselves.',
            )}
            action={
              mayWrite && (
                <Button onClick={() => setUrl({ add: 'choose' }, true)}>
                  {t('Add a connector')}
                </Button>
              )
            }
          />
        </Card>
      )}
      {connections.length > 0 && (
        <ul className="grid gap-4 md:grid-cols-2">
          {connections.map((connection) => (
            <li key={connection.id}>
              <ConnectionCard
                connection={connection}
                onOpen={() => setUrl({ id: connection.id }, true)}
              />
            </li>
          ))}
        </ul>
      )}
      {connections.length > 0 && <SyncTable connections={connections} />}
      <CallbackGroups />
      <CallbacksTable />
      {open && <ConnectorDrawer connection={open} onClose={() => setUrl({ id: '' })} />}
      {add && (
        <AddConnector
          choice={add}
          onChoose={(choice) => setUrl({ add: choice })}
          onClose={() => setUrl({ add: '' })}
          onDone={(made) => setUrl({ add: '', id: made })}
        />
      )}
    </Page>
  )
}

function ConnectionCard({ connection, onOpen }: { connection: Connection; onOpen: () => void }) {
  const state = stateOf(connection)
  const last = connection.tasks
    .map(({ last_at }) => last_at)
    .filter((at) => at !== null)
    .sort()
    .at(-1)
  const next =
    connection.status === 'active' &&
    connection.tasks
      .map(({ next_at }) => next_at)
      .filter((at) => at !== null)
      .sort()[0]
  return (
    <button
      type="button"
      onClick={onOpen}
      className="flex w-full flex-col gap-2 rounded-xl border bg-card p-5 text-start hover:bg-muted/60"
    >
      <span className="flex w-full items-center justify-between gap-2">
        <span className="font-semibold">
          <Text>{connection.name}</Text>
        </span>
        <StandingBadge {...state} />
      </span>
      {state.why && (
        <span
          dir="auto"
          className={`text-sm ${state.tone === 'info' ? 'text-muted-foreground' : 'text-destructive'}`}
        >
          {said(state.why)}
        </span>
      )}
      {connection.tasks.map((task) => (
        <Progress key={task.name} task={task} />
      ))}
      <span className="text-sm text-muted-foreground">
        {last ? (
          <>
            {t('Read last')} <When at={last} />
          </>
        ) : (
          t('Has not read yet')
        )}
        {next && (
          <>
            {' · '}
            {t('next')} <When at={next} />
          </>
        )}
      </span>
    </button>
  )
}
