/** A message without HTML, drawn the way its channel shows it. */
import { cn } from '../lib/cn.ts'
import { t, told } from '../lib/language.ts'
import { type Channel, channels } from './words.ts'

interface Props {
  readonly channel: Channel
  readonly title: string | null
  readonly text: string
}

const looks: Partial<Record<Channel, string>> = {
  whatsapp: 'rounded-lg rounded-ss-none bg-success-soft text-foreground',
  sms: 'rounded-2xl rounded-es-sm bg-muted',
  push: 'rounded-xl border bg-card shadow-md',
  in_app: 'rounded-xl border bg-card shadow-md',
  discord: 'border-s-4 border-info bg-muted',
  slack: 'border-s-4 border-success bg-card',
  teams: 'rounded-md border bg-card',
  email: 'w-full max-w-none rounded-md border bg-card', // its subject stands above it
}

export function Bubble({ channel, title, text }: Props) {
  if (channel === 'webhook')
    return <pre className="overflow-x-auto rounded-md bg-muted p-3">{text}</pre>
  return (
    <figure className="rounded-lg bg-background p-4">
      <figcaption className="mb-2 text-xs text-muted-foreground">
        {channel === 'voice' ? t('Read aloud') : told(channels[channel])}
      </figcaption>
      <div
        dir="auto"
        className={cn(
          'max-w-md p-3 text-sm break-words whitespace-pre-wrap',
          looks[channel] ?? 'rounded-lg bg-muted',
        )}
      >
        {title && channel !== 'email' && <p className="font-semibold">{title}</p>}
        {text}
      </div>
    </figure>
  )
}
