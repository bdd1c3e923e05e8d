/** Senders: in their order of turns, with their health, and the way to add one. */

import { Plus } from 'lucide-react'
import type { Row } from '../lib/api.ts'
import { number } from '../lib/format.ts'
import { t, told } from '../lib/language.ts'
import { useList } from '../lib/query.ts'
import { said } from '../lib/said.ts'
import { useMay } from '../lib/session.ts'
import { useUrl } from '../lib/url.ts'
import { channels } from '../messages/words.ts'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { PagedTable } from '../ui/DataTable.tsx'
import { Page } from '../ui/Page.tsx'
import { Text } from '../ui/Small.tsx'
import { StandingBadge } from '../ui/Standing.tsx'
import { Empty } from '../ui/States.tsx'
import { AddSender } from './AddSender.tsx'
import { healthOf, nameOf, useMeasured } from './health.ts'
import { SenderDrawer } from './SenderDrawer.tsx'
import { Turns, useOrder } from './Turns.tsx'

export type Sender = Row<'/providers'>

export function SendersPage() {
  const [{ id, add }, setUrl] = useUrl(['id', 'add'])
  const query = useList('/providers')
  const mayWrite = useMay('senders:write')
  const order = useOrder(query.data?.pages.flatMap(({ data }) => data) ?? [], mayWrite)
  const measured = useMeasured()
  return (
    <Page
      title={t('Senders')}
      note={t(
        'A channel’s senders take turns by their position: when one fails, the next goes on. A sandbox stands in until there is a real one.',
      )}
      actions={
        mayWrite && (
          <Button look="primary" onClick={() => setUrl({ add: 'choose' }, true)}>
            <Plus /> {t('Add a sender')}
          </Button>
        )
      }
    >
      <Card flush>
        <PagedTable
          label={t('Senders')}
          query={query}
          keyOf={(sender: Sender) => sender.id}
          onOpen={(sender) => setUrl({ id: sender.id }, true)}
          rowProps={order.rowProps}
          columns={[
            {
              id: 'name',
              title: t('Name'),
              cell: (sender: Sender) => (
                <button
                  type="button"
                  className="text-start font-medium hover:underline"
                  onClick={() => setUrl({ id: sender.id }, true)}
                >
                  <Text>{nameOf(sender)}</Text>
                </button>
              ),
            },
            { id: 'channel', title: t('Channel'), cell: ({ channel }) => told(channels[channel]) },
            {
              id: 'provider',
              title: t('Provider'),
              wide: true,
              cell: ({ provider }) => <bdi>{provider}</bdi>,
            },
            {
              id: 'health',
              title: t('Health'),
              cell: (sender) => {
                const health = healthOf(sender, measured.get(sender.id))
                return (
                  <span className="flex flex-col items-start gap-1">
                    <StandingBadge {...health} />
                    {health.why && (
                      <bdi className="text-xs text-muted-foreground max-md:hidden">
                        {said(health.why)}
                      </bdi>
                    )}
                  </span>
                )
              },
            },
            {
              id: 'limit',
              title: t('Per second'),
              end: true,
              wide: true,
              cell: ({ limits }) => {
                const most = limits.per_second ?? limits.provider_per_second
                return most === null ? t('no limit') : number(most)
              },
            },
            {
              id: 'position',
              title: t('Turn'),
              end: true,
              wide: true,
              cell: (sender) => <Turns sender={sender} order={order} mayWrite={mayWrite} />,
            },
          ]}
          empty={<Empty title={t('There are no senders.')} />}
        />
      </Card>
      {id && <SenderDrawer id={id} onClose={() => setUrl({ id: '' })} />}
      {add && (
        <AddSender
          choice={add}
          onChoose={(choice) => setUrl({ add: choice })}
          onClose={() => setUrl({ add: '' })}
          onDone={(made) => setUrl({ add: '', id: made })}
        />
      )}
    </Page>
  )
}
