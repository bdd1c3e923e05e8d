/** What was sent, opened and clicked, by day or hour. */
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { get } from '../lib/api.ts'
import { day, zone } from '../lib/format.ts'
import { locale, t } from '../lib/language.ts'
import { useUrl } from '../lib/url.ts'
import type { Series } from '../ui/Chart.tsx'
import { ChartCard } from '../ui/ChartCard.tsx'
import { CheckField } from '../ui/Field.tsx'
import { periodOf } from './period.ts'

const HOUR_MS = 3_600_000

type Unit = 'hour' | 'day'

const useTrends = (
  days: number,
  unit: Unit,
  { back, enabled = true }: { back: number; enabled?: boolean },
) =>
  useQuery({
    queryKey: ['/analytics/trends', days, back],
    enabled,
    queryFn: () =>
      get('/analytics/trends', { query: { ...periodOf(days, back), unit, time_zone: zone() } }),
  })

export function Trend({ days }: { days: number }) {
  const [{ compare }, setUrl] = useUrl(['compare'])
  const isCompared = compare === '1'
  const unit = days === 1 ? 'hour' : 'day'
  const query = useTrends(days, unit, { back: 0 })
  const past = useTrends(days, unit, { back: 1, enabled: isCompared })
  const drawn = useMemo(() => {
    const now = query.data && drawingOf(pointsOf(query.data.data, { days, unit, back: 0 }), unit)
    if (!now || !isCompared) return now
    const points = past.data && pointsOf(past.data.data, { days, unit, back: 1 })
    return points ? { ...now, series: [...now.series, ...beforeOf(points)] } : now
  }, [query.data, past.data, isCompared, days, unit])
  return (
    <ChartCard
      title={t('Trend')}
      kind="line"
      note={t('By {unit, select, hour {hour} other {day}}, in {zone}', { unit, zone: zone() })}
      actions={
        <CheckField
          label={t('Compare with the period before')}
          checked={isCompared}
          onChange={({ target }) => setUrl({ compare: target.checked ? '1' : '' })}
        />
      }
      query={query.error ? query : past}
      drawn={drawn}
    />
  )
}

interface Bucket {
  readonly at: string
  readonly metrics: Readonly<Record<string, number>>
}

interface Period {
  readonly days: number
  readonly unit: Unit
  readonly back: number
}

interface Point {
  readonly at: Date
  readonly sums: Record<string, number>
}

/** One for each day or hour, also for those without any message; channels are added up. */
function pointsOf(buckets: readonly Bucket[], { days, unit, back }: Period): Point[] {
  const keyOf = (at: Date) =>
    unit === 'hour' ? Math.floor(+at / HOUR_MS) : at.toLocaleDateString('en-CA')
  const { from, to } = periodOf(days, back)
  const points = new Map<string | number, Point>()
  for (
    let at = +new Date(from);
    at <= +new Date(to);
    at += unit === 'hour' ? HOUR_MS : 24 * HOUR_MS
  )
    points.set(keyOf(new Date(at)), { at: new Date(at), sums: {} })
  for (const { at, metrics } of buckets) {
    const point = points.get(keyOf(new Date(at)))
    if (!point) continue
    for (const [name, n] of Object.entries(metrics)) point.sums[name] = (point.sums[name] ?? 0) + n
  }
  return [...points.values()]
}

const valuesOf = (points: readonly Point[], name: string) =>
  points.map(({ sums }) => sums[name] ?? 0)

function drawingOf(points: readonly Point[], unit: Unit): { labels: string[]; series: Series[] } {
  const hour = new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit' })
  return {
    labels: points.map(({ at }) => (unit === 'hour' ? hour.format(at) : day(at))),
    series: [
      { name: t('Sent'), values: valuesOf(points, 'sent') },
      { name: t('Opened'), values: valuesOf(points, 'opened_unique_human') },
      { name: t('Clicked'), values: valuesOf(points, 'clicked_unique_human') },
    ],
  }
}

const beforeOf = (points: readonly Point[]): Series[] => [
  { name: t('Sent before'), values: valuesOf(points, 'sent'), before: 0 },
  { name: t('Opened before'), values: valuesOf(points, 'opened_unique_human'), before: 1 },
  { name: t('Clicked before'), values: valuesOf(points, 'clicked_unique_human'), before: 2 },
]
