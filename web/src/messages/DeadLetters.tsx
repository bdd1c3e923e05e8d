/** Messages that nobody will try again by themselves, and the way to try them all under their own ids. */
import { useAct } from '../lib/act.ts'
import { type Body, post } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { AskButton } from '../ui/AskButton.tsx'

type Input = NonNullable<Body<'/notifications/redrive', 'post'>>
export type DeadStatus = NonNullable<Input['status']>

const dead: ReadonlySet<string> = new Set<DeadStatus>(['failed', 'unknown', 'expired'])
export const isDead = (status: string): status is DeadStatus => dead.has(status)

/** What of the list's filters the request knows; with any other, only chosen ones can be sent again. */
export const narrowing: readonly string[] = ['channel', 'category', 'from', 'to']

interface Props {
  readonly status: DeadStatus
  readonly filters: Pick<Input, 'channel' | 'category' | 'from' | 'to'>
}

export function DeadLetters({ status, filters }: Props) {
  const redrive = useAct(() => post('/notifications/redrive', { body: { status, ...filters } }), {
    refreshes: ['/notifications'],
    done: ({ requeued }) =>
      t(
        '{count, plural, =0 {Nothing was there} one {# message is} other {# messages are}} queued again.',
        {
          count: requeued,
        },
      ),
  })
  return (
    <div className="flex flex-wrap items-center gap-3 border-b bg-warning-soft px-5 py-2 text-sm text-warning">
      <span className="flex-1">
        {status === 'unknown'
          ? t('Whether these arrived is not known: sending them again may send them twice.')
          : t('These are not tried again by themselves.')}
      </span>
      <AskButton
        size="sm"
        look="outline"
        title={t('Try all of these again?')}
        note={t('Up to 1,000 at once, the same messages under their own ids.')}
        act={t('Try all again')}
        disabled={redrive.isPending}
        onConfirm={() => redrive.mutate(undefined)}
      />
    </div>
  )
}
