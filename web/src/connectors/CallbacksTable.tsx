/** What vendors told us, what became of it, and the way to process it again. */

import { useQuery } from '@tanstack/react-query'
import { useAct } from '../lib/act.ts'
import { get, post, type Row } from '../lib/api.ts'
import { number } from '../lib/format.ts'
import { msg, t, told } from '../lib/language.ts'
import { useList } from '../lib/query.ts'
import { said } from '../lib/said.ts'
import { useMay } from '../lib/session.ts'
import { useUrl } from '../lib/url.ts'
import { Badge, type Tone } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { PagedTable } from '../ui/DataTable.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { Code, CodeBlock, Facts, When } from '../ui/Small.tsx'
import { StateFilter } from '../ui/StateFilter.tsx'
import { Empty, Failed, Loading, NoMatch, Note } from '../ui/States.tsx'

type Callback = Row<'/callbacks'>

const states: Record<Callback['status'], readonly [string, Tone]> = {
  received: [msg('Received'), 'info'],
  processed: [msg('Processed'), 'good'],
  failed: [msg('Failed'), 'bad'],
}

export function CallbacksTable() {
  const [{ callbacks, callback: open }, setUrl] = useUrl(['callbacks', 'callback'])
  const query = useList('/callbacks', Object.hasOwn(states, callbacks) ? { status: callbacks } : {})
  const setOpen = (id: string) => setUrl({ callback: id }, id !== '')
  return (
    <Card
      title={t('Callbacks received')}
      flush
      actions={
        <StateFilter
          states={states}
          value={callbacks}
          onChange={(state) => setUrl({ callbacks: state }, true)}
        />
      }
    >
      <PagedTable
        label={t('Callbacks received')}
        query={query}
        keyOf={(row: Callback) => row.id}
        onOpen={({ id }) => setOpen(id)}
        columns={[
          {
            id: 'status',
            title: t('State'),
            cell: ({ status }) => <Badge tone={states[status][1]}>{told(states[status][0])}</Badge>,
          },
          {
            id: 'provider',
            title: t('From'),
            cell: ({ id, provider }) => (
              <button type="button" className="hover:underline" onClick={() => setOpen(id)}>
                <bdi>{provider}</bdi>
              </button>
            ),
          },
          {
            id: 'reason',
            title: t('Why'),
            wide: true,
            cell: ({ reason }) =>
              reason && <bdi className="text-muted-foreground">{said(reason)}</bdi>,
          },
          {
            id: 'attempts',
            title: t('Attempts'),
            end: true,
            wide: true,
            cell: ({ attempts }) => number(attempts),
          },
          {
            id: 'at',
            title: t('When'),
            end: true,
            cell: ({ received_at }) => <When at={received_at} />,
          },
        ]}
        empty={
          Object.hasOwn(states, callbacks) ? (
            <NoMatch onClear={() => setUrl({ callbacks: '' }, true)} />
          ) : (
            <Empty title={t('No vendor has called yet.')} />
          )
        }
      />
      {open && <CallbackDrawer id={open} onClose={() => setOpen('')} />}
    </Card>
  )
}

function CallbackDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const query = useQuery({
    queryKey: ['/callbacks/{id}', id],
    queryFn: () => get('/callbacks/{id}', { params: { id } }),
  })
  const mayWrite = useMay('senders:write')
  const again = useAct(() => post('/callbacks/{id}/process', { params: { id } }), {
    refreshes: ['/callbacks', '/callbacks/{id}'],
    done: t('It is processed again.'),
  })
  const callback = query.data
  return (
    <Dialog open side="end" onClose={onClose} title={t('Callback')}>
      {query.isPending && <Loading />}
      {query.isError && <Failed error={query.error} />}
      {callback && (
        <>
          {callback.reason && <Note tone="warn">{said(callback.reason)}</Note>}
          <Facts
            facts={[
              [t('From'), <bdi key="from">{callback.provider}</bdi>],
              [t('Signature'), callback.signed ? t('checked') : t('none')],
              [t('When'), <When key="at" at={callback.received_at} exact />],
              [t('Address'), <Code key="url">{callback.url}</Code>],
            ]}
          />
          <CodeBlock label={t('Body')} text={callback.body} />
          {mayWrite && (
            <Button disabled={again.isPending} onClick={() => again.mutate(undefined)}>
              {t('Process again')}
            </Button>
          )}
        </>
      )}
    </Dialog>
  )
}
