/** What connections read, run by run; what did not finish goes on. */

import { useAct } from '../lib/act.ts'
import { type Answer, post, type Row } from '../lib/api.ts'
import { gap, number } from '../lib/format.ts'
import { msg, t, told } from '../lib/language.ts'
import { useList } from '../lib/query.ts'
import { said } from '../lib/said.ts'
import { useMay } from '../lib/session.ts'
import { useUrl } from '../lib/url.ts'
import { Badge, type Tone } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { PagedTable } from '../ui/DataTable.tsx'
import { Text, When } from '../ui/Small.tsx'
import { StateFilter } from '../ui/StateFilter.tsx'
import { Empty } from '../ui/States.tsx'

type Run = Row<'/sync'>

const states: Record<Run['status'], readonly [string, Tone]> = {
  running: [msg('Reading'), 'info'],
  done: [msg('Done'), 'good'],
  failed: [msg('Failed'), 'bad'],
  abandoned: [msg('Taken over'), 'warn'],
  limited: [msg('Waits for their limit'), 'info'],
}

const goesOn: Record<Answer<'/sync/{id}/process', 'post'>['status'], string> = {
  due: msg('It goes on after its last page.'),
  waiting: msg('It goes on after its last page once its connection is active.'),
  disabled: msg('It goes on after its last page once somebody switches its connection on.'),
}

export function SyncTable({
  connections,
}: {
  connections: readonly { id: string; name: string }[]
}) {
  const [{ pulls }, setUrl] = useUrl(['pulls'])
  const query = useList('/sync', Object.hasOwn(states, pulls) ? { status: pulls } : {})
  const mayWrite = useMay('senders:write')
  const again = useAct((id: string) => post('/sync/{id}/process', { params: { id } }), {
    refreshes: ['/sync', '/connectors'],
    done: ({ status }) => told(goesOn[status]),
  })
  const names = new Map(connections.map(({ id, name }) => [id, name]))
  return (
    <Card
      title={t('Runs')}
      flush
      actions={
        <StateFilter states={states} value={pulls} onChange={(state) => setUrl({ pulls: state })} />
      }
    >
      <PagedTable
        label={t('Runs')}
        query={query}
        keyOf={(run: Run) => run.id}
        columns={[
          {
            id: 'status',
            title: t('State'),
            cell: ({ status, error }) => (
              <span className="flex flex-col items-start gap-1">
                <Badge tone={states[status][1]}>{told(states[status][0])}</Badge>
                {error && <Text>{said(error)}</Text>}
              </span>
            ),
          },
          {
            id: 'name',
            title: t('Connector'),
            cell: ({ connection_id }) => <Text>{names.get(connection_id) ?? connection_id}</Text>,
          },
          { id: 'task', title: t('Task'), wide: true, cell: ({ task }) => <bdi>{task}</bdi> },
          {
            id: 'records',
            title: t('Records'),
            end: true,
            cell: ({ records, expected, status }) =>
              expected !== null && status === 'running'
                ? t('{records} of about {of}', { records: number(records), of: number(expected) })
                : number(records),
          },
          { id: 'events', title: t('Events'), end: true, cell: ({ events }) => number(events) },
          {
            id: 'took',
            title: t('Took'),
            end: true,
            wide: true,
            cell: ({ started_at, ended_at }) => ended_at && gap(started_at, ended_at),
          },
          {
            id: 'at',
            title: t('When'),
            end: true,
            cell: ({ started_at }) => <When at={started_at} />,
          },
          {
            id: 'deeds',
            title: <span className="sr-only">{t('Actions')}</span>,
            end: true,
            cell: ({ id, status }) =>
              mayWrite &&
              (status === 'failed' || status === 'abandoned') && (
                <Button size="sm" disabled={again.isPending} onClick={() => again.mutate(id)}>
                  {t('Try again')}
                </Button>
              ),
          },
        ]}
        empty={<Empty title={t('Nothing has been read yet.')} />}
      />
    </Card>
  )
}
