/** What can be done with the messages that are chosen, however many, in turns of 100. */
import { useRef, useState } from 'react'
import { useAct } from '../lib/act.ts'
import { type Answer, post } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { refresh } from '../lib/query.ts'
import { AskButton } from '../ui/AskButton.tsx'
import { Button } from '../ui/Button.tsx'
import { toast } from '../ui/toast.ts'
import { AT_ONCE, type Turn, turnsOf } from './turns.ts'

type Path = '/notifications/cancel' | '/notifications/resend'
type Outcome = Answer<Path, 'post'>['data']

interface Props {
  readonly ids: readonly string[]
  /** Something has come of these. */
  readonly onDone: (ids: readonly string[]) => void
  readonly onNone: () => void
  /** Chooses what the list has beyond its page; absent: nothing is there, or it is chosen. */
  readonly onChooseAll?: (() => void) | undefined
}

/** Turn by turn. What is done is said and no longer chosen, also where a later turn fails. */
function useTurns(path: Path, { ids, onDone }: Pick<Props, 'ids' | 'onDone'>) {
  const [gone, setGone] = useState(0)
  const unsure = useRef<Turn | null>(null)
  const act = useAct(async () => {
    const all: Outcome = []
    try {
      for (const turn of turnsOf(ids, unsure.current)) {
        setGone(all.length)
        unsure.current = turn
        all.push(...(await post(path, { body: { ids: [...turn.ids] }, key: turn.key })).data)
        unsure.current = null
      }
    } finally {
      if (all.length > 0) {
        await refresh('/notifications')
        sayOutcome(all.length, all.filter(({ status }) => status === null).length)
        onDone(all.map(({ id }) => id))
      }
    }
  })
  return { ...act, gone }
}

export function ManyActions({ ids, onDone, onNone, onChooseAll }: Props) {
  const count = ids.length
  const cancel = useTurns('/notifications/cancel', { ids, onDone })
  const resend = useTurns('/notifications/resend', { ids, onDone })
  const isBusy = cancel.isPending || resend.isPending
  const gone = cancel.isPending ? cancel.gone : resend.gone
  return (
    <div className="flex flex-wrap items-center gap-3 border-b bg-accent px-5 py-2 text-sm">
      <span role="status">{t('{count, plural, one {# chosen} other {# chosen}}', { count })}</span>
      {onChooseAll && (
        <Button size="sm" look="ghost" disabled={isBusy} onClick={onChooseAll}>
          {t('Choose all that match, up to 1,000')}
        </Button>
      )}
      <AskButton
        size="sm"
        title={t('Cancel sending {count, plural, one {# message} other {# messages}}?', { count })}
        note={t('Those that wait will not go out. The others stay as they are.')}
        act={t('Cancel sending')}
        disabled={isBusy}
        onConfirm={() => cancel.mutate(undefined)}
      />
      <AskButton
        size="sm"
        look="outline"
        title={t('Send {count, plural, one {# message} other {# messages}} again?', { count })}
        note={t('A copy of each goes out to the same recipient.')}
        act={t('Send again')}
        disabled={isBusy}
        onConfirm={() => resend.mutate(undefined)}
      />
      <Button size="sm" look="ghost" disabled={isBusy} onClick={onNone}>
        {t('Choose none')}
      </Button>
      {isBusy && count > AT_ONCE && (
        <progress className="w-40" aria-label={t('Done so far')} value={gone} max={count} />
      )}
    </div>
  )
}

function sayOutcome(all: number, failed: number): void {
  if (failed < all)
    toast(
      'good',
      t('{count, plural, one {# message} other {# messages}} done', { count: all - failed }),
    )
  if (failed > 0)
    toast(
      'bad',
      t(
        '{count, plural, one {# message} other {# messages}} could not be changed: their state does not allow it',
        { count: failed },
      ),
    )
}
