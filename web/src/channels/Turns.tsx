/** Earlier or later in the order in which a channel's senders take turns. */
import { ArrowDown, ArrowUp } from 'lucide-react'
import { useAct } from '../lib/act.ts'
import { put, type Row } from '../lib/api.ts'
import { number } from '../lib/format.ts'
import { t } from '../lib/language.ts'
import { Button } from '../ui/Button.tsx'
import { nameOf } from './health.ts'

type Sender = Row<'/providers'>

interface Props {
  readonly sender: Sender
  /** All that are there, in their order. */
  readonly all: readonly Sender[]
  readonly mayWrite: boolean
}

export function Turns({ sender, all, mayWrite }: Props) {
  const { id, channel } = sender
  const ids = all
    .filter((each) => each.channel === channel && each.origin !== 'builtin')
    .map((each) => each.id)
  const at = ids.indexOf(id)
  const order = useAct(
    (to: number) =>
      put('/providers/order', {
        body: { channel, ids: ids.toSpliced(at, 1).toSpliced(to, 0, id) },
      }),
    { refreshes: ['/providers', '/providers/{id}'] },
  )
  if (at < 0) return <span>{t('last')}</span>
  const steps = [
    [t('Let {name} take its turn earlier', { name: nameOf(sender) }), ArrowUp, at - 1],
    [t('Let {name} take its turn later', { name: nameOf(sender) }), ArrowDown, at + 1],
  ] as const
  return (
    <span className="inline-flex items-center gap-1">
      {number(at + 1)}
      {mayWrite &&
        ids.length > 1 &&
        steps.map(([label, Icon, to]) => (
          <Button
            key={label}
            look="ghost"
            size="icon"
            className="size-7"
            aria-label={label}
            disabled={order.isPending || to < 0 || to >= ids.length}
            onClick={(event) => {
              event.stopPropagation()
              order.mutate(to)
            }}
          >
            <Icon />
          </Button>
        ))}
    </span>
  )
}
