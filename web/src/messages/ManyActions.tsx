/** What can be done with the messages that are chosen, up to 100 in one request. */
import { useAct } from '../lib/act.ts'
import { type Answer, post } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { Button } from '../ui/Button.tsx'
import { toast } from '../ui/toast.ts'

const MOST = 100 // ids that the API takes at once

export function ManyActions({ ids, onDone }: { ids: readonly string[]; onDone: () => void }) {
  const body = { ids: ids.slice(0, MOST) }
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
      <Button size="sm" disabled={isBusy} onClick={() => cancel.mutate(undefined)}>
        {t('Cancel sending')}
      </Button>
      <Button size="sm" disabled={isBusy} onClick={() => resend.mutate(undefined)}>
        {t('Send again')}
      </Button>
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
