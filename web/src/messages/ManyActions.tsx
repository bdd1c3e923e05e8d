/** What can be done with the messages that are chosen, however many, in turns of 100. */
import { useState } from 'react'
import { useAct } from '../lib/act.ts'
import { type Answer, post } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { AskButton } from '../ui/AskButton.tsx'
import { Button } from '../ui/Button.tsx'
import { toast } from '../ui/toast.ts'

const AT_ONCE = 100 // ids that the API takes in one request

type Outcome = Answer<'/notifications/cancel', 'post'>['data']

interface Props {
  readonly ids: readonly string[]
  readonly onDone: () => void
  /** Chooses what the list has beyond its page; absent: nothing is there, or it is chosen. */
  readonly onChooseAll?: (() => void) | undefined
}

export function ManyActions({ ids, onDone, onChooseAll }: Props) {
  const [gone, setGone] = useState(0)
  const count = ids.length
  async function inTurns(act: (ids: string[]) => Promise<{ data: Outcome }>) {
    const all: Outcome = []
    for (let at = 0; at < count; at += AT_ONCE) {
      setGone(at)
      all.push(...(await act(ids.slice(at, at + AT_ONCE))).data)
    }
    return all
  }
  const options = {
    refreshes: ['/notifications'],
    onDone: (outcome: Outcome) => {
      sayOutcome(outcome.length, outcome.filter(({ status }) => status === null).length)
      onDone()
    },
  }
  const cancel = useAct(
    () => inTurns((some) => post('/notifications/cancel', { body: { ids: some } })),
    options,
  )
  const resend = useAct(
    () => inTurns((some) => post('/notifications/resend', { body: { ids: some } })),
    options,
  )
  const isBusy = cancel.isPending || resend.isPending
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
      <Button size="sm" look="ghost" disabled={isBusy} onClick={onDone}>
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
