/** What was sent, opened and clicked, by day or hour. */
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { get } from '../lib/api.ts'
import { day, zone } from '../lib/format.ts'
import { locale, t } from '../lib/language.ts'
import { ChartCard } from '../ui/ChartCard.tsx'
import { periodOf } from './period.ts'

const HOUR_MS = 3_600_000

export function Trend({ days }: { days: number }) {
  const unit = days === 1 ? 'hour' : 'day'
  const query = useQuery({
    queryKey: ['/analytics/trends', days],
    queryFn: () =>
      get('/analytics/trends', { query: { ...periodOf(days), unit, time_zone: zone() } }),
  })
  const drawn = useMemo(
    () => query.data && drawingOf(query.data.data, days, unit),
    [query.data, days, unit],
  )
  return (
    <ChartCard
      title={t('Trend')}
      kind="line"
      note={t('By {unit, select, hour {hour} other {day}}, in {zone}', { unit, zone: zone() })}
      {...{ query, drawn }}
    />
  )
}

interface Bucket {
  readonly at: string
  readonly metrics: Readonly<Record<string, number>>
}

/** One point for each day or hour, also for those without any message; channels are added up. */
function drawingOf(buckets: readonly Bucket[], days: number, unit: 'hour' | 'day') {
  const keyOf = (at: Date) =>
    unit === 'hour' ? Math.floor(+at / HOUR_MS) : at.toLocaleDateString('en-CA')
  const { from, to } = periodOf(days)
  const points = new Map<string | number, { at: Date; sums: Record<string, number> }>()
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
  const hour = new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit' })
  const all = [...points.values()]
  const of = (name: string) => all.map(({ sums }) => sums[name] ?? 0)
  return {
    labels: all.map(({ at }) => (unit === 'hour' ? hour.format(at) : day(at))),
    series: [
      { name: t('Sent'), values: of('sent') },
      { name: t('Opened'), values: of('opened_unique_human') },
      { name: t('Clicked'), values: of('clicked_unique_human') },
    ],
  }
}
