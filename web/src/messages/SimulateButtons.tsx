/** Plays the recipient of a message that went to a sandbox: opens it, clicks, answers, and so on. */
import { useAct } from '../lib/act.ts'
import { post } from '../lib/api.ts'
import { msg, t, told } from '../lib/language.ts'
import { useMay } from '../lib/session.ts'
import { Button } from '../ui/Button.tsx'
import type { Message } from './words.ts'

const deeds = {
  open: msg('Open it'),
  click: msg('Click a link'),
  reply: msg('Answer'),
  bounce: msg('Bounce'),
  complain: msg('Mark as spam'),
  unsubscribe: msg('Unsubscribe'),
} as const

export function SimulateButtons({ message }: { message: Message }) {
  const mayWrite = useMay('messages:write')
  const play = useAct(
    (deed: keyof typeof deeds) =>
      post('/notifications/{id}/simulate', {
        params: { id: message.id },
        body: { do: deed },
      }),
    {
      refreshes: ['/notifications', '/notifications/{id}'],
      done: t('Done, as its recipient would.'),
    },
  )
  if (!mayWrite || !['sent', 'delivered'].includes(message.status)) return null
  return (
    <fieldset className="flex flex-wrap gap-1">
      <legend className="sr-only">{t('Act as the recipient')}</legend>
      {Object.entries(deeds).map(([deed, words]) => (
        <Button
          key={deed}
          size="sm"
          disabled={play.isPending}
          onClick={() => play.mutate(deed as keyof typeof deeds)} // its own keys
        >
          {told(words)}
        </Button>
      ))}
    </fieldset>
  )
}
