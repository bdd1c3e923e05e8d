/** One connection: check, read now, pause, its tasks and settings. */

import { useAct } from '../lib/act.ts'
import type { Answer } from '../lib/api.ts'
import { post, put, remove } from '../lib/api.ts'
import { number } from '../lib/format.ts'
import { t } from '../lib/language.ts'
import { useMay } from '../lib/session.ts'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { SchemaForm } from '../ui/SchemaForm.tsx'
import { Code, CopyButton, Facts, Text, When } from '../ui/Small.tsx'
import { Note } from '../ui/States.tsx'
import { useConnectorCatalog } from './AddConnector.tsx'
import { stateOf } from './state.ts'

type Connection = Answer<'/connectors/{id}'>
const refreshes = ['/connectors', '/sync']

export function ConnectorDrawer({
  connection,
  onClose,
}: {
  connection: Connection
  onClose: () => void
}) {
  const mayWrite = useMay('senders:write')
  const { words, tone, why } = stateOf(connection)
  const { webhook } = connection
  return (
    <Dialog open side="end" onClose={onClose} title={<Text>{connection.name}</Text>}>
      <div className="flex flex-wrap items-center gap-2">
        <Badge tone={tone}>{words}</Badge>
        {why && (
          <span dir="auto" className="text-sm text-muted-foreground">
            {why}
          </span>
        )}
      </div>
      {mayWrite && <Deeds connection={connection} onGone={onClose} />}
      <Facts
        facts={[
          ...connection.tasks.map(
            ({ name, last_at, next_at }) =>
              [
                (<bdi key={name}>{name}</bdi>) as never,
                <span key="task">
                  {last_at ? <When at={last_at} /> : t('not yet')}
                  {next_at && (
                    <>
                      {' · '}
                      {t('next')} <When at={next_at} />
                    </>
                  )}
                </span>,
              ] as const,
          ),
          [t('Callbacks received'), number(webhook.received)],
          [t('Callbacks refused'), webhook.rejected > 0 && number(webhook.rejected)],
          [t('Last callback'), webhook.last_at && <When at={webhook.last_at} />],
          [
            t('Callbacks come to'),
            connection.callback_url && (
              <span className="flex items-center">
                <Code>{connection.callback_url}</Code>
                <CopyButton text={connection.callback_url} />
              </span>
            ),
          ],
        ]}
      />
      {connection.origin === 'environment' ? (
        <Note tone="warn">
          {t('The environment made it and reads it again at each start; change it there.')}
        </Note>
      ) : (
        mayWrite && <Settings connection={connection} />
      )}
    </Dialog>
  )
}

function Deeds({ connection, onGone }: { connection: Connection; onGone: () => void }) {
  const params = { id: connection.id }
  const check = useAct(() => post('/connectors/{id}/check', { params }))
  const sync = useAct(() => post('/sync', { body: { connection_id: connection.id } }), {
    refreshes,
    done: t('It reads now.'),
  })
  const pause = useAct(() => post('/connectors/{id}/pause', { params, body: {} }), { refreshes })
  const activate = useAct(() => post('/connectors/{id}/activate', { params }), { refreshes })
  const drop = useAct(() => remove('/connectors/{id}', { params }), {
    refreshes,
    done: t('It is disconnected. What it brought stays.'),
    onDone: onGone,
  })
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap gap-2">
        <Button
          look="primary"
          disabled={check.isPending}
          aria-busy={check.isPending}
          onClick={() => check.mutate(undefined)}
        >
          {check.isPending ? t('Checking…') : t('Check it')}
        </Button>
        {connection.status === 'active' ? (
          <>
            <Button onClick={() => sync.mutate(undefined)}>{t('Read now')}</Button>
            <Button onClick={() => pause.mutate(undefined)}>{t('Pause')}</Button>
          </>
        ) : (
          <Button onClick={() => activate.mutate(undefined)}>{t('Go on')}</Button>
        )}
        {connection.origin === 'member' && (
          <Button look="danger" onClick={() => drop.mutate(undefined)}>
            {t('Disconnect')}
          </Button>
        )}
      </div>
      {check.data && <Note tone={check.data.ok ? 'good' : 'bad'}>{check.data.detail}</Note>}
      {check.data?.warnings.map((warning) => (
        <Note key={warning} tone="warn">
          {warning}
        </Note>
      ))}
    </div>
  )
}

function Settings({ connection }: { connection: Connection }) {
  const catalog = useConnectorCatalog()
  const save = useAct(
    (settings: Readonly<Record<string, unknown>>) =>
      put('/connectors/{id}', { params: { id: connection.id }, body: { settings } }),
    { refreshes, quiet: true, done: t('Saved.') },
  )
  const entry = catalog.data?.data.find(({ id }) => id === connection.connector)
  if (!entry) return null
  return (
    <section>
      <h3 className="mb-3 font-semibold">{t('Settings')}</h3>
      <SchemaForm
        schema={entry.settings}
        values={connection.settings ?? {}}
        submit={t('Save')}
        pending={save.isPending}
        error={save.error}
        prefix="settings/"
        onSubmit={(settings) => save.mutate(settings)}
      />
    </section>
  )
}
