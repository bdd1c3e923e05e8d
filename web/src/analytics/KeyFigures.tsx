/** Key figures, each with what it is a share of and its change against the period before. */
import type { Answer } from '../lib/api.ts'
import { cn } from '../lib/cn.ts'
import { number, percent } from '../lib/format.ts'
import { t } from '../lib/language.ts'
import { useActivity } from '../lib/live.ts'
import { refresh } from '../lib/query.ts'
import { Meaning } from '../ui/Meaning.tsx'
import { Failed, Skeleton } from '../ui/States.tsx'
import { useOverview } from './useOverview.ts'

type Overview = Answer<'/analytics/overview'>

export function KeyFigures({ days }: { days: number }) {
  const now = useOverview(days, 0)
  const before = useOverview(days, 1)
  useActivity(
    { names: 'message.sent,message.opened,message.clicked,message.failed' },
    slowly(() => void refresh('/analytics/overview')),
  )
  if (now.isError) return <Failed error={now.error} onRetry={() => void now.refetch()} />
  return (
    <ul className="grid grid-cols-2 gap-3 sm:grid-cols-3 xl:grid-cols-6">
      {figures().map((figure) => (
        <li key={figure.title} className="relative min-h-30 rounded-xl border bg-card p-4">
          <p className="text-sm text-muted-foreground">
            <Meaning of={figure.title}>{figure.meaning}</Meaning>
          </p>
          {now.data ? (
            <>
              <p
                className={cn(
                  'text-2xl font-semibold tabular-nums',
                  figure.value(now.data) === null && 'text-muted-foreground',
                )}
              >
                {figure.show(now.data)}
              </p>
              {figure.of && (
                <p className="text-xs text-muted-foreground tabular-nums">{figure.of(now.data)}</p>
              )}
              <Change figure={figure} now={now.data} before={before.data} />
            </>
          ) : (
            <Skeleton className="mt-1 h-12" />
          )}
        </li>
      ))}
    </ul>
  )
}

interface Figure {
  readonly title: string
  readonly meaning: string
  readonly value: (overview: Overview) => number | null
  readonly show: (overview: Overview) => string
  /** What a share is a share of. */
  readonly of?: (overview: Overview) => string
  /** More of it is bad. */
  readonly isBad?: boolean
}

function figures(): readonly Figure[] {
  const count = (name: string) => (overview: Overview) => overview.totals[name] ?? 0
  const rate = (name: string) => (overview: Overview) => overview.rates[name] ?? null
  const sum = (title: string, name: string, meaning: string, isBad = false): Figure => ({
    ...{ title, meaning, isBad },
    value: count(name),
    show: (overview) => number(count(name)(overview)),
  })
  const share = (
    title: string,
    name: string,
    [part, whole]: readonly [string, string],
    meaning: string,
    isBad = false,
  ): Figure => ({
    ...{ title, meaning, isBad },
    value: rate(name),
    of: (overview) =>
      t('{part} of {whole}', {
        part: number(count(part)(overview)),
        whole: number(count(whole)(overview)),
      }),
    show: (overview) => {
      const value = rate(name)(overview)
      return value === null ? '–' : percent(value)
    },
  })
  return [
    sum(t('Sent'), 'sent', t('Messages handed to a provider')),
    share(
      t('Open rate'),
      'open_rate',
      ['opened_unique_human', 'delivered'],
      t(
        'Messages opened by a person, of those delivered; machines are left out. Below 20 messages it says nothing.',
      ),
    ),
    share(
      t('Click rate'),
      'click_rate',
      ['clicked_unique_human', 'delivered'],
      t('Messages with a click by a person, of those delivered'),
    ),
    share(
      t('Reply rate'),
      'reply_rate',
      ['replied', 'delivered'],
      t('Messages that were answered, of those delivered'),
    ),
    share(
      t('Bounce rate'),
      'bounce_rate',
      ['bounced', 'sent'],
      t('Messages that came back, of those sent'),
      true,
    ),
    sum(t('Failed'), 'failed', t('Messages that could not be sent'), true),
  ]
}

function Change({
  figure,
  now,
  before,
}: {
  figure: Figure
  now: Overview
  before: Overview | undefined
}) {
  const value = figure.value(now)
  const past = before && figure.value(before)
  if (value === null)
    return <p className="text-xs text-muted-foreground">{t('too few for a rate')}</p>
  if (past === null || past === undefined || past === 0)
    return <p className="text-xs text-muted-foreground">{t('nothing before it')}</p>
  const change = value / past - 1
  const isGood = change === 0 ? null : change > 0 !== (figure.isBad ?? false)
  return (
    <p
      className={cn(
        'text-xs tabular-nums',
        isGood === null ? 'text-muted-foreground' : isGood ? 'text-success' : 'text-destructive',
      )}
    >
      <bdi dir="ltr">
        {change > 0 ? '▲' : change < 0 ? '▼' : '='} {percent(Math.abs(change))}
      </bdi>
      <span className="sr-only"> {t('against the period before')}</span>
    </p>
  )
}

const EVERY_MS = 5_000

/** At most once in five seconds, however much happens. */
function slowly(work: () => void): () => void {
  return () => {
    if (Date.now() - last < EVERY_MS) return
    last = Date.now()
    work()
  }
}
let last = 0
