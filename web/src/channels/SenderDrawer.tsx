/** One sender: its health and check, its settings, pause and go on. */
import { useQuery } from '@tanstack/react-query'
import { useAct } from '../lib/act.ts'
import { type Answer, get, post, put, remove } from '../lib/api.ts'
import { number } from '../lib/format.ts'
import { t } from '../lib/language.ts'
import { useMay } from '../lib/session.ts'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { SchemaForm } from '../ui/SchemaForm.tsx'
import { Code, CopyButton, Facts, Text, When } from '../ui/Small.tsx'
import { Failed, Loading, Note } from '../ui/States.tsx'
import { healthOf } from './health.ts'

type Sender = Answer<'/providers/{id}'>
const refreshes = ['/providers', '/providers/{id}']

export function SenderDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const query = useQuery({
    queryKey: ['/providers/{id}', id],
    queryFn: () => get('/providers/{id}', { params: { id } }),
  })
  const mayWrite = useMay('senders:write')
  const sender = query.data
  return (
    <Dialog
      open
      side="end"
      onClose={onClose}
      title={sender ? <Text>{sender.name}</Text> : t('Sender')}
    >
      {query.isPending && <Loading />}
      {query.isError && <Failed error={query.error} />}
      {sender && (
        <>
          <Health sender={sender} />
          {mayWrite && sender.origin !== 'builtin' && <Deeds sender={sender} onGone={onClose} />}
          <Facts
            facts={[
              [t('Provider'), <bdi key="provider">{sender.provider}</bdi>],
              [t('Turn'), number(sender.position)],
              [
                t('When no answer comes'),
                sender.on_unknown === 'hold' ? t('a person decides') : t('it is sent again'),
              ],
              [
                t('Per second'),
                sender.limits.per_second === null
                  ? t('no limit')
                  : number(sender.limits.per_second),
              ],
              [
                t('Callbacks come to'),
                sender.callback_url && (
                  <span className="flex items-center">
                    <Code>{sender.callback_url}</Code>
                    <CopyButton text={sender.callback_url} />
                  </span>
                ),
              ],
              [t('Since'), <When key="since" at={sender.created_at} exact />],
            ]}
          />
          {sender.origin === 'environment' && (
            <Note tone="warn">
              {t(
                'The environment made it and reads it again at each start. To change it here, make a copy.',
              )}
            </Note>
          )}
          {mayWrite && sender.origin === 'member' && <Settings sender={sender} />}
        </>
      )}
    </Dialog>
  )
}

function Health({ sender }: { sender: Sender }) {
  const { tone, words, why } = healthOf(sender)
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Badge tone={tone}>{words}</Badge>
      {why && (
        <span className="text-sm text-muted-foreground" dir="auto">
          {why}
        </span>
      )}
    </div>
  )
}

function Deeds({ sender, onGone }: { sender: Sender; onGone: () => void }) {
  const params = { id: sender.id }
  const check = useAct(() => post('/providers/{id}/check', { params }))
  const change = useAct(
    (status: 'active' | 'paused') => put('/providers/{id}/status', { params, body: { status } }),
    { refreshes },
  )
  const copy = useAct(() => post('/providers/{id}/copy', { params, body: null as never }), {
    refreshes,
    done: t('A copy is made.'),
  })
  const drop = useAct(() => remove('/providers/{id}', { params }), {
    refreshes,
    done: t('The sender is removed.'),
    onDone: onGone,
  })
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap gap-2">
        <Button
          look="primary"
          aria-busy={check.isPending}
          disabled={check.isPending}
          onClick={() => check.mutate(undefined)}
        >
          {check.isPending ? t('Checking…') : t('Check it')}
        </Button>
        {sender.status === 'active' ? (
          <Button onClick={() => change.mutate('paused')}>{t('Pause')}</Button>
        ) : (
          <Button onClick={() => change.mutate('active')}>{t('Go on')}</Button>
        )}
        <Button onClick={() => copy.mutate(undefined)}>{t('Copy it')}</Button>
        {sender.origin === 'member' && (
          <Button look="danger" onClick={() => drop.mutate(undefined)}>
            {t('Remove')}
          </Button>
        )}
      </div>
      {check.data && <Note tone={check.data.ok ? 'good' : 'bad'}>{check.data.detail}</Note>}
    </div>
  )
}

function Settings({ sender }: { sender: Sender }) {
  const params = { id: sender.id }
  const catalog = useQuery({
    queryKey: ['/providers/catalog'],
    queryFn: () => get('/providers/catalog'),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const save = useAct(
    (settings: Readonly<Record<string, unknown>>) =>
      put('/providers/{id}', { params, body: { settings } }),
    { refreshes, quiet: true, done: t('Saved.') },
  )
  const entry = catalog.data?.data.find(
    ({ id, channel }) => id === sender.provider && channel === sender.channel,
  )
  if (!entry) return null
  return (
    <section>
      <h3 className="mb-3 font-semibold">{t('Settings')}</h3>
      <SchemaForm
        schema={entry.settings}
        values={sender.settings ?? {}}
        submit={t('Save')}
        pending={save.isPending}
        error={save.error}
        prefix="settings/"
        onSubmit={(settings) => save.mutate(settings)}
      />
    </section>
  )
}
