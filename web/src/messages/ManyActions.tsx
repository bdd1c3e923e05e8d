/** What can be done with the messages that are chosen. */
import { useState } from 'react'
import { post, put } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { refresh } from '../lib/query.ts'
import { Button } from '../ui/Button.tsx'
import { toast } from '../ui/toast.ts'

export function ManyActions({ ids, onDone }: { ids: readonly string[]; onDone: () => void }) {
  const [isBusy, setBusy] = useState(false)
  async function handleEach(work: (id: string) => Promise<unknown>) {
    setBusy(true)
    const results = await Promise.allSettled(ids.map(work))
    const failed = results.filter(({ status }) => status === 'rejected').length
    setBusy(false)
    await refresh('/notifications')
    if (failed < ids.length)
      toast(
        'good',
        t('{count, plural, one {# message} other {# messages}} done', {
          count: ids.length - failed,
        }),
      )
    if (failed > 0)
      toast(
        'bad',
        t(
          '{count, plural, one {# message} other {# messages}} could not be changed: their state does not allow it',
          { count: failed },
        ),
      )
    onDone()
  }
  return (
    <div className="flex flex-wrap items-center gap-3 border-b bg-accent px-5 py-2 text-sm">
      <span role="status">
        {t('{count, plural, one {# chosen} other {# chosen}}', { count: ids.length })}
      </span>
      <Button
        size="sm"
        disabled={isBusy}
        onClick={() =>
          void handleEach((id) =>
            put('/notifications/{id}/status', { params: { id }, body: { status: 'cancelled' } }),
          )
        }
      >
        {t('Cancel sending')}
      </Button>
      <Button
        size="sm"
        disabled={isBusy}
        onClick={() =>
          void handleEach((id) => post('/notifications/{id}/resend', { params: { id } }))
        }
      >
        {t('Send again')}
      </Button>
      <Button size="sm" look="ghost" onClick={onDone}>
        {t('Choose none')}
      </Button>
    </div>
  )
}
