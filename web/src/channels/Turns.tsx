/** Earlier or later in the order in which a channel's senders take turns: by buttons, or by dragging a row. */
import { ArrowDown, ArrowUp, GripVertical } from 'lucide-react'
import { type HTMLAttributes, useState } from 'react'
import { useAct } from '../lib/act.ts'
import { put, type Row } from '../lib/api.ts'
import { number } from '../lib/format.ts'
import { t } from '../lib/language.ts'
import { Button } from '../ui/Button.tsx'
import { nameOf } from './health.ts'

type Sender = Row<'/providers'>

interface Order {
  readonly isPending: boolean
  /** Of its channel, in their turns; nothing for a sandbox, which is always last. */
  idsWith(sender: Sender): readonly string[]
  move(sender: Sender, to: number): void
  /** Of the row of a sender that can be dragged to another's place. */
  rowProps(sender: Sender): HTMLAttributes<HTMLTableRowElement>
}

/** `all`: every sender that is there, in their order. */
export function useOrder(all: readonly Sender[], mayWrite: boolean): Order {
  const [dragged, setDragged] = useState<Sender | null>(null)
  const [over, setOver] = useState('')
  const idsWith = ({ channel, origin }: Sender) =>
    origin === 'builtin'
      ? []
      : all
          .filter((each) => each.channel === channel && each.origin !== 'builtin')
          .map((each) => each.id)
  const order = useAct(
    ({ sender, to }: { sender: Sender; to: number }) => {
      const ids = idsWith(sender).filter((id) => id !== sender.id)
      const { channel, id } = sender
      return put('/providers/order', { body: { channel, ids: ids.toSpliced(to, 0, id) } })
    },
    { refreshes: ['/providers', '/providers/{id}'] },
  )
  const move = (sender: Sender, to: number) => order.mutate({ sender, to })
  return {
    ...{ isPending: order.isPending, idsWith, move },
    rowProps(sender) {
      const ids = idsWith(sender)
      if (!mayWrite || ids.length < 2) return {}
      const isTarget = dragged !== null && dragged.id !== sender.id && ids.includes(dragged.id)
      return {
        draggable: true,
        className: isTarget && over === sender.id ? 'bg-info-soft' : '',
        onDragStart: () => setDragged(sender),
        onDragEnd: () => setDragged(null),
        onDragOver(event) {
          if (!isTarget) return
          event.preventDefault() // it may be dropped here
          setOver(sender.id)
        },
        onDrop(event) {
          event.preventDefault()
          if (isTarget) move(dragged, ids.indexOf(sender.id))
        },
      }
    },
  }
}

interface Props {
  readonly sender: Sender
  readonly order: Order
  readonly mayWrite: boolean
}

export function Turns({ sender, order, mayWrite }: Props) {
  const ids = order.idsWith(sender)
  const at = ids.indexOf(sender.id)
  if (at < 0) return <span>{t('last')}</span>
  const steps = [
    [t('Let {name} take its turn earlier', { name: nameOf(sender) }), ArrowUp, at - 1],
    [t('Let {name} take its turn later', { name: nameOf(sender) }), ArrowDown, at + 1],
  ] as const
  const isMovable = mayWrite && ids.length > 1
  return (
    <span className="inline-flex items-center gap-1">
      {number(at + 1)}
      {isMovable &&
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
              order.move(sender, to)
            }}
          >
            <Icon />
          </Button>
        ))}
      {isMovable && (
        <span title={t('Drag the row to its place')} className="cursor-grab text-muted-foreground">
          <GripVertical aria-hidden className="size-4" />
        </span>
      )}
    </span>
  )
}
