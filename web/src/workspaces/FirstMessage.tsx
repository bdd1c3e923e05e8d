/** Sends a message to the sandbox and shows what happens to it, as it happens. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useAct } from '../lib/act.ts'
import { get, post } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { useActivity } from '../lib/live.ts'
import { refresh } from '../lib/query.ts'
import { useMe } from '../lib/session.ts'
import { SimulateButtons } from '../messages/SimulateButtons.tsx'
import { Timeline } from '../messages/Timeline.tsx'
import { Button } from '../ui/Button.tsx'

export function FirstMessage() {
  const me = useMe()
  const [id, setId] = useState('')
  const send = useAct(
    () =>
      post('/notifications', {
        body: {
          recipient_id: 'first-steps',
          channel: 'email',
          to: me?.member?.email ?? 'somebody@example.com',
          subject: t('It works'),
          html: `<h1>${t('It works')}</h1><p>${t('This is your first message.')} <a href="https://example.com/">${t('A link to click')}</a></p>`,
        },
      }),
    { refreshes: ['/notifications'], onDone: (answer) => 'id' in answer && setId(answer.id) },
  )
  if (!id)
    return (
      <Button look="primary" disabled={send.isPending} onClick={() => send.mutate(undefined)}>
        {t('Send it')}
      </Button>
    )
  return <Watched id={id} />
}

function Watched({ id }: { id: string }) {
  const { data: message } = useQuery({
    queryKey: ['/notifications/{id}', id],
    queryFn: () => get('/notifications/{id}', { params: { id } }),
  })
  useActivity({ message_id: id }, () => void refresh('/notifications/{id}'))
  if (!message) return null
  return (
    <div className="flex flex-col gap-4 rounded-lg bg-background p-4">
      <Timeline entries={message.timeline} />
      <p className="text-sm">
        {t('Now be its recipient: open it, click, answer, and watch the line grow.')}
      </p>
      <SimulateButtons message={message} />
    </div>
  )
}
