/** One message: what happened to it and why, and what it says. */
import { useQuery } from '@tanstack/react-query'
import { get } from '../lib/api.ts'
import { t, told } from '../lib/language.ts'
import { useActivity } from '../lib/live.ts'
import { refresh } from '../lib/query.ts'
import { useUrl } from '../lib/url.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { Code } from '../ui/Small.tsx'
import { Failed, Loading, Note } from '../ui/States.tsx'
import { Tabs } from '../ui/Tabs.tsx'
import { Content } from './Content.tsx'
import { MessageActions } from './MessageActions.tsx'
import { MessageFacts } from './MessageFacts.tsx'
import { StatusBadge } from './StatusBadge.tsx'
import { Timeline } from './Timeline.tsx'
import { channels, whyOf } from './words.ts'

export function MessageDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const [{ tab }, setTab] = useUrl(['tab'])
  const query = useQuery({
    queryKey: ['/notifications/{id}', id],
    queryFn: () => get('/notifications/{id}', { params: { id } }),
  })
  useActivity({ message_id: id }, () => void refresh('/notifications/{id}'))
  const message = query.data
  const why = message && whyOf(message)
  return (
    <Dialog
      open
      side="end"
      onClose={onClose}
      title={
        message ? (
          <Code>{message.to ?? message.recipient_id ?? told(channels[message.channel])}</Code>
        ) : (
          t('Message')
        )
      }
    >
      {query.isPending && <Loading />}
      {query.isError && <Failed error={query.error} onRetry={() => void query.refetch()} />}
      {message && (
        <>
          <div className="flex flex-wrap items-center gap-2">
            <StatusBadge status={message.status} />
            <span className="text-sm text-muted-foreground">{told(channels[message.channel])}</span>
            <div className="flex-1" />
            <MessageActions message={message} />
          </div>
          {why && <Note tone="warn">{why}</Note>}
          <Tabs
            label={t('Parts of the message')}
            value={tab || 'timeline'}
            onChange={(next) => setTab({ tab: next })}
            tabs={[
              {
                id: 'timeline',
                title: t('Timeline'),
                body: <Timeline entries={message.timeline} />,
              },
              {
                id: 'content',
                title: t('What it says'),
                body: <Content id={id} channel={message.channel} />,
              },
              { id: 'facts', title: t('Details'), body: <MessageFacts message={message} /> },
            ]}
          />
        </>
      )}
    </Dialog>
  )
}
