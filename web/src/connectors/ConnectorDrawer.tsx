/** One connection: check, read now, pause, its tasks and settings. */

import { useState } from 'react'
import { useAct } from '../lib/act.ts'
import type { Answer } from '../lib/api.ts'
import { post, put, remove } from '../lib/api.ts'
import { number } from '../lib/format.ts'
import { t } from '../lib/language.ts'
import { said } from '../lib/said.ts'
import { useMay } from '../lib/session.ts'
import { Button } from '../ui/Button.tsx'
import { CallbackAddress, CheckedDeeds, SettingsSection } from '../ui/Configured.tsx'
import { Confirm } from '../ui/Confirm.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import type { Values } from '../ui/SchemaForm.tsx'
import { Facts, Text, When } from '../ui/Small.tsx'
import { StandingLine } from '../ui/Standing.tsx'
import { Note } from '../ui/States.tsx'
import { WhoChanged } from '../workspaces/WhoChanged.tsx'
import { useConnectorCatalog } from './AddConnector.tsx'
import { Progress } from './Progress.tsx'
import { stateOf } from './state.ts'
import { Trial } from './Trial.tsx'

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
  const { webhook } = connection
  const catalog = useConnectorCatalog()
  const sources = catalog.data?.data.find(({ id }) => id === connection.connector)?.sources
  const titleOf = (task: string) =>
    task === 'subscribe'
      ? t('Webhook subscription')
      : said(sources?.find(({ id }) => id === task)?.title ?? task)
  return (
    <Dialog open side="end" onClose={onClose} title={<Text>{connection.name}</Text>}>
      <StandingLine standing={stateOf(connection)} />
      {mayWrite && <Deeds connection={connection} onGone={onClose} />}
      <Facts
        facts={[
          ...connection.tasks.map(
            (task) =>
              [
                titleOf(task.name),
                <span key="task">
                  <Progress task={task} />
                  {task.last_at ? <When at={task.last_at} /> : t('not yet')}
                  {task.next_at && (
                    <>
                      {' · '}
                      {t('next')} <When at={task.next_at} />
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
            connection.callback_url && <CallbackAddress url={connection.callback_url} />,
          ],
        ]}
      />
      <div className="flex">
        <WhoChanged id={connection.id} />
      </div>
      {connection.origin === 'environment' ? (
        <>
          <Note tone="warn">
            {t('The environment made it and reads it again at each start; change it there.')}
          </Note>
          {mayWrite && <AsItIs id={connection.id} />}
        </>
      ) : (
        mayWrite && <Settings connection={connection} />
      )}
    </Dialog>
  )
}

function Deeds({ connection, onGone }: { connection: Connection; onGone: () => void }) {
  const params = { id: connection.id }
  const [isLeaving, setLeaving] = useState(false)
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
    <CheckedDeeds check={check}>
      {connection.status === 'active' ? (
        <>
          <Button onClick={() => sync.mutate(undefined)}>{t('Read now')}</Button>
          <Button onClick={() => pause.mutate(undefined)}>{t('Pause')}</Button>
        </>
      ) : (
        <Button onClick={() => activate.mutate(undefined)}>{t('Go on')}</Button>
      )}
      {connection.origin === 'member' && (
        <Button look="danger" onClick={() => setLeaving(true)}>
          {t('Disconnect')}
        </Button>
      )}
      {isLeaving && (
        <Confirm
          title={t('Disconnect “{name}”?', { name: connection.name })}
          note={t('Its settings and how far it has read are gone for good. What it brought stays.')}
          act={t('Disconnect')}
          pending={drop.isPending}
          onClose={() => setLeaving(false)}
          onConfirm={() => drop.mutate(undefined)}
        />
      )}
    </CheckedDeeds>
  )
}

/** What it would bring with the settings it has. */
function AsItIs({ id }: { id: string }) {
  const trial = useAct(() => post('/connectors/{id}/dry-run', { params: { id } }))
  return (
    <>
      <Button
        className="self-start"
        disabled={trial.isPending}
        onClick={() => trial.mutate(undefined)}
      >
        {t('Show what it would bring')}
      </Button>
      <Trial isPending={trial.isPending} found={trial.data} />
    </>
  )
}

function Settings({ connection }: { connection: Connection }) {
  const catalog = useConnectorCatalog()
  const save = useAct(
    (settings: Values) =>
      put('/connectors/{id}', { params: { id: connection.id }, body: { settings } }),
    { refreshes, quiet: true, done: t('Saved.') },
  )
  const entry = catalog.data?.data.find(({ id }) => id === connection.connector)
  const trial = useAct((settings: Values) =>
    post('/connectors/{id}/dry-run', { params: { id: connection.id }, body: { settings } }),
  )
  const second = {
    label: t('Show what it would bring'),
    pending: trial.isPending,
    onSubmit: (settings: Values) => trial.mutate(settings),
  }
  return (
    <>
      <SettingsSection
        {...{ save, second }}
        schema={entry?.settings}
        values={connection.settings}
      />
      <Trial isPending={trial.isPending} found={trial.data} />
    </>
  )
}
