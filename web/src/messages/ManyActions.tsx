/** What can be done with the messages that are chosen, up to 100 in one request. */
import { useAct } from '../lib/act.ts'
import { type Answer, post } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { AskButton } from '../ui/AskButton.tsx'
import { Button } from '../ui/Button.tsx'
import { toast } from '../ui/toast.ts'

const MOST = 100 // ids that the API takes at once

export function ManyActions({ ids, onDone }: { ids: readonly string[]; onDone: () => void }) {
  const body = { ids: ids.slice(0, MOST) }
  const count = body.ids.length
  const options = {
    refreshes: ['/notifications'],
    onDone: ({ data }: Answer<'/notifications/cancel', 'post'>) => {
      sayOutcome(data.length, data.filter(({ status }) => status === null).length)
      onDone()
    },
  }
  const cancel = useAct(() => post('/notifications/cancel', { body }), options)
  const resend = useAct(() => post('/notifications/resend', { body }), options)
  const isBusy = cancel.isPending || resend.isPending
  return (
    <div className="flex flex-wrap items-center gap-3 border-b bg-accent px-5 py-2 text-sm">
      <span role="status">
        {t('{count, plural, one {# chosen} other {# chosen}}', { count: ids.length })}
      </span>
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
      <Button size="sm" look="ghost" onClick={onDone}>
        {t('Choose none')}
      </Button>
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
