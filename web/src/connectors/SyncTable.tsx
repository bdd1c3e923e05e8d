/** What connections read, run by run. */

import type { Row } from '../lib/api.ts'
import { gap, number } from '../lib/format.ts'
import { msg, t, told } from '../lib/language.ts'
import { useList } from '../lib/query.ts'
import { said } from '../lib/said.ts'
import { Badge, type Tone } from '../ui/Badge.tsx'
import { Card } from '../ui/Card.tsx'
import { PagedTable } from '../ui/DataTable.tsx'
import { Text, When } from '../ui/Small.tsx'
import { Empty } from '../ui/States.tsx'

type Run = Row<'/sync'>

const states: Record<Run['status'], readonly [string, Tone]> = {
  running: [msg('Reading'), 'info'],
  done: [msg('Done'), 'good'],
  failed: [msg('Failed'), 'bad'],
  abandoned: [msg('Taken over'), 'warn'],
}

export function SyncTable({
  connections,
}: {
  connections: readonly { id: string; name: string }[]
}) {
  const query = useList('/sync')
  const names = new Map(connections.map(({ id, name }) => [id, name]))
  return (
    <Card title={t('Runs')} flush>
      <PagedTable
        label={t('Runs')}
        query={query}
        keyOf={(run: Run) => run.id}
        columns={[
          {
            id: 'status',
            title: t('State'),
            cell: ({ status, error }) => (
              <span title={said(error ?? '')}>
                <Badge tone={states[status][1]}>{told(states[status][0])}</Badge>
              </span>
            ),
          },
          {
            id: 'name',
            title: t('Connector'),
            cell: ({ connection_id }) => <Text>{names.get(connection_id) ?? connection_id}</Text>,
          },
          { id: 'task', title: t('Task'), wide: true, cell: ({ task }) => <bdi>{task}</bdi> },
          { id: 'records', title: t('Records'), end: true, cell: ({ records }) => number(records) },
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
        ]}
        empty={<Empty title={t('Nothing has been read yet.')} />}
      />
    </Card>
  )
}
