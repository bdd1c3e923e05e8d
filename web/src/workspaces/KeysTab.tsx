/** API keys: made with the scopes they need, shown once, turned, revoked. */
import { useState } from 'react'
import { useAct } from '../lib/act.ts'
import { post, type Row, remove } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { useList } from '../lib/query.ts'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { Confirm } from '../ui/Confirm.tsx'
import { PagedTable } from '../ui/DataTable.tsx'
import { Code, CodeBlock, Text, When } from '../ui/Small.tsx'
import { Empty, Note } from '../ui/States.tsx'
import { NewKey } from './NewKey.tsx'

type Key = Row<'/api-keys'>
const refreshes = ['/api-keys']

export function KeysTab() {
  const query = useList('/api-keys')
  const [shown, setShown] = useState('')
  const [ending, setEnding] = useState<Key | null>(null)
  const rotate = useAct((id: string) => post('/api-keys/{id}/rotate', { params: { id } }), {
    refreshes,
    onDone: ({ key }) => setShown(key ?? ''),
  })
  const revoke = useAct((id: string) => remove('/api-keys/{id}', { params: { id } }), {
    refreshes,
    done: t('The key is revoked.'),
    onDone: () => setEnding(null),
  })
  return (
    <div className="flex flex-col gap-5">
      {shown && (
        <div className="flex flex-col gap-3">
          <Note tone="warn">{t('Copy the key now: it is shown once.')}</Note>
          <CodeBlock label={t('The key')} text={shown} />
        </div>
      )}
      <Card title={t('API keys')} flush>
        <PagedTable
          label={t('API keys')}
          query={query}
          keyOf={({ id }: Key) => id}
          columns={[
            {
              id: 'name',
              title: t('Name'),
              cell: ({ name, prefix, last_used_at }) => (
                <span className="flex flex-col">
                  <Text>{name}</Text>
                  <span className="text-muted-foreground">
                    <Code>{prefix}…</Code>
                  </span>
                  <span className="text-xs text-muted-foreground md:hidden">
                    {t('Last used')}: {usedAt(last_used_at)}
                  </span>
                </span>
              ),
            },
            {
              id: 'scopes',
              title: t('May'),
              wide: true,
              cell: ({ scopes }) => <Code>{scopes.join(', ')}</Code>,
            },
            {
              id: 'used',
              title: t('Last used'),
              wide: true,
              cell: ({ last_used_at }) => usedAt(last_used_at),
            },
            {
              id: 'state',
              title: t('State'),
              cell: ({ revoked_at, expires_at }) =>
                revoked_at ? (
                  <Badge tone="bad">{t('Revoked')}</Badge>
                ) : expires_at ? (
                  <Badge tone="warn">
                    {t('until')} <When at={expires_at} />
                  </Badge>
                ) : (
                  <Badge tone="good">{t('Good')}</Badge>
                ),
            },
            {
              id: 'deeds',
              title: <span className="sr-only">{t('Actions')}</span>,
              end: true,
              cell: (key) =>
                !key.revoked_at && (
                  <span className="inline-flex flex-wrap justify-end gap-2">
                    <Button size="sm" onClick={() => rotate.mutate(key.id)}>
                      {t('Rotate')}
                    </Button>
                    <Button size="sm" look="danger" onClick={() => setEnding(key)}>
                      {t('Revoke')}
                    </Button>
                  </span>
                ),
            },
          ]}
          empty={
            <Empty
              title={t('There are no keys yet.')}
              note={t('A program of yours needs one to send.')}
            />
          }
        />
      </Card>
      <NewKey onMade={setShown} />
      {ending && (
        <Confirm
          title={t('Revoke this key?')}
          note={t('Programs that use “{name}” are refused at once. This cannot be undone.', {
            name: ending.name,
          })}
          act={t('Revoke')}
          pending={revoke.isPending}
          onClose={() => setEnding(null)}
          onConfirm={() => revoke.mutate(ending.id)}
        />
      )}
    </div>
  )
}

const usedAt = (at: string | null) => (at ? <When at={at} /> : t('never'))
