/** One sender: its health and check, its settings, pause and go on. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useAct } from '../lib/act.ts'
import { type Answer, get, post, put, remove } from '../lib/api.ts'
import { dateTime, number } from '../lib/format.ts'
import { t } from '../lib/language.ts'
import { useMay } from '../lib/session.ts'
import { searchOf } from '../lib/url.ts'
import { Button } from '../ui/Button.tsx'
import { CallbackAddress, CheckedDeeds, SettingsSection } from '../ui/Configured.tsx'
import { Confirm } from '../ui/Confirm.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import type { Values } from '../ui/SchemaForm.tsx'
import { Facts, Text, When } from '../ui/Small.tsx'
import { StandingLine } from '../ui/Standing.tsx'
import { Failed, Loading, Note } from '../ui/States.tsx'
import { WhoChanged } from '../workspaces/WhoChanged.tsx'
import { useProviderCatalog } from './AddSender.tsx'
import { healthOf, nameOf, useMeasured } from './health.ts'
import { SenderCost } from './SenderCost.tsx'
import { SenderRecords } from './SenderRecords.tsx'
import { SenderTest } from './SenderTest.tsx'

type Sender = Answer<'/providers/{id}'>
const refreshes = ['/providers', '/providers/{id}']

export function SenderDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const query = useQuery({
    queryKey: ['/providers/{id}', id],
    queryFn: () => get('/providers/{id}', { params: { id } }),
  })
  const usage = useQuery({
    queryKey: ['/providers/{id}/usage', id],
    queryFn: () => get('/providers/{id}/usage', { params: { id } }),
  })
  const mayWrite = useMay('senders:write')
  const measured = useMeasured()
  const sender = query.data
  return (
    <Dialog
      open
      side="end"
      onClose={onClose}
      title={sender ? <Text>{nameOf(sender)}</Text> : t('Sender')}
    >
      {query.isPending && <Loading />}
      {query.isError && <Failed error={query.error} />}
      {sender && (
        <>
          <StandingLine standing={healthOf(sender, measured.get(id))} />
          {mayWrite && sender.origin !== 'builtin' && <Deeds sender={sender} onGone={onClose} />}
          <Facts
            facts={[
              [t('Provider'), <bdi key="provider">{sender.provider}</bdi>],
              [t('Waiting'), usage.data && number(usage.data.waiting)],
              [t('Sent in the last hour'), usage.data && number(usage.data.last_hour)],
              [
                t('Limit used'),
                usage.data &&
                  usage.data.per_second !== null &&
                  t('{used} of {limit} per second', {
                    used: number(usage.data.used_per_second ?? 0),
                    limit: number(usage.data.per_second),
                  }),
              ],
              [
                t('Cost'),
                <SenderCost key="cost" sender={sender} lastHour={usage.data?.last_hour ?? 0} />,
              ],
              [
                t('Circuit'),
                sender.circuit.open_until && new Date(sender.circuit.open_until) > new Date()
                  ? t('open: it rests until {at}', { at: dateTime(sender.circuit.open_until) })
                  : t('closed: it works'),
              ],
              [
                t('When no answer comes'),
                sender.on_unknown === 'hold' ? t('a person decides') : t('it is sent again'),
              ],
              [
                t('Per second'),
                perSecondOf(sender) === null ? t('no limit') : number(perSecondOf(sender) ?? 0),
              ],
              [
                t('Callbacks come to'),
                sender.callback_url && <CallbackAddress url={sender.callback_url} />,
              ],
              [t('Since'), <When key="since" at={sender.created_at} exact />],
            ]}
          />
          <div className="flex flex-wrap gap-2">
            <Button asChild>
              <Link to="/messages" search={searchOf({ sender_id: id })}>
                {t('Its messages')}
              </Link>
            </Button>
            <WhoChanged id={id} />
          </div>
          {sender.origin === 'environment' && (
            <Note tone="warn">
              {t(
                'The environment made it and reads it again at each start. To change it here, make a copy.',
              )}
            </Note>
          )}
          {sender.domain && <SenderRecords id={id} domain={sender.domain} />}
          {mayWrite && sender.origin === 'member' && <Settings sender={sender} />}
        </>
      )}
    </Dialog>
  )
}

const perSecondOf = ({ limits }: Sender) => limits.per_second ?? limits.provider_per_second

function Deeds({ sender, onGone }: { sender: Sender; onGone: () => void }) {
  const params = { id: sender.id }
  const [isLeaving, setLeaving] = useState(false)
  const maySend = useMay('messages:write')
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
    <CheckedDeeds check={check}>
      {maySend && <SenderTest sender={sender} />}
      {sender.status === 'active' ? (
        <Button onClick={() => change.mutate('paused')}>{t('Pause')}</Button>
      ) : (
        <Button onClick={() => change.mutate('active')}>{t('Go on')}</Button>
      )}
      <Button onClick={() => copy.mutate(undefined)}>{t('Copy it')}</Button>
      {sender.origin === 'member' && (
        <Button look="danger" onClick={() => setLeaving(true)}>
          {t('Remove')}
        </Button>
      )}
      {isLeaving && (
        <Confirm
          title={t('Remove the sender “{name}”?', { name: sender.name })}
          note={t('Its settings and secrets are gone for good. What it sent stays.')}
          act={t('Remove')}
          pending={drop.isPending}
          onClose={() => setLeaving(false)}
          onConfirm={() => drop.mutate(undefined)}
        />
      )}
    </CheckedDeeds>
  )
}

function Settings({ sender }: { sender: Sender }) {
  const catalog = useProviderCatalog()
  const save = useAct(
    (settings: Values) => put('/providers/{id}', { params: { id: sender.id }, body: { settings } }),
    { refreshes, quiet: true, done: t('Saved.') },
  )
  const entry = catalog.data?.data.find(
    ({ id, channel }) => id === sender.provider && channel === sender.channel,
  )
  return <SettingsSection schema={entry?.settings} values={sender.settings} save={save} />
}
