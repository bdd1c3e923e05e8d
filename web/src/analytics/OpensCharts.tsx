/** When mail is opened: by hour of the day, by day of the week, and by both. */
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { type Answer, get } from '../lib/api.ts'
import { locale, t } from '../lib/language.ts'
import type { Series } from '../ui/Chart.tsx'
import { ChartCard } from '../ui/ChartCard.tsx'
import { Empty } from '../ui/States.tsx'
import type { Counted, Source } from './OpensPage.tsx'

const SUNDAY = Date.UTC(2026, 0, 4)
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']

interface Asked {
  readonly source: Source
  readonly counted: Counted
}

export function OpensByHour({ source, counted }: Asked) {
  const query = useQuery({
    queryKey: ['/analytics/by-time', source],
    queryFn: () => get('/analytics/by-time', { query: { source } }),
  })
  const drawn = useMemo(() => {
    const names = namesOf({ hour: '2-digit', minute: '2-digit' })
    const labelOf = ({ hour }: { hour: number }) => names(SUNDAY + hour * HOUR_MS)
    return query.data && drawingOf(query.data.data, labelOf, counted)
  }, [query.data, counted])
  const zone = query.data?.time_zone
  return (
    <ChartCard
      title={t('By hour')}
      kind="bar"
      note={zone && `${nameOf(counted)} · ${t('Hours of {zone}', { zone })}`}
      {...{ query, drawn }}
    />
  )
}

export function OpensByWeekday({ source, counted }: Asked) {
  const query = useQuery({
    queryKey: ['/analytics/by-day', source],
    queryFn: () => get('/analytics/by-day', { query: { source } }),
  })
  const drawn = useMemo(() => {
    const names = namesOf({ weekday: 'short' })
    const labelOf = ({ day }: { day: string }) =>
      names(SUNDAY + weekdays.indexOf(day.toLowerCase()) * DAY_MS)
    return query.data && drawingOf(inWeek(query.data.data), labelOf, counted)
  }, [query.data, counted])
  const zone = query.data?.time_zone
  return (
    <ChartCard
      title={t('By weekday')}
      kind="bar"
      note={zone && `${nameOf(counted)} · ${t('Days of {zone}', { zone })}`}
      {...{ query, drawn }}
    />
  )
}

export function OpensByWeek({ source, counted }: Asked) {
  const query = useQuery({
    queryKey: ['/analytics/by-week', source],
    queryFn: () => get('/analytics/by-week', { query: { source } }),
  })
  const data = query.data?.data
  const drawn = useMemo(() => data && weekOf(data, counted), [data, counted])
  const zone = query.data?.time_zone
  return (
    <ChartCard
      title={t('By weekday and hour')}
      kind="heat"
      note={zone && `${nameOf(counted)} · ${t('Each hour of a week of {zone}', { zone })}`}
      empty={
        data?.every(({ opens }) => opens === null) && (
          <Empty title={t('Nothing has been opened yet.')} />
        )
      }
      {...{ query, drawn }}
    />
  )
}

type WeekHour = Answer<'/analytics/by-week'>['data'][number]

/** A line for each day, a column for each hour. */
function weekOf(
  rows: readonly WeekHour[],
  counted: Counted,
): { labels: string[]; series: Series[] } {
  const days = [...Map.groupBy(inWeek(rows), ({ day }) => day).values()]
  const hours = namesOf({ hour: '2-digit', minute: '2-digit' })
  const names = namesOf({ weekday: 'short' })
  return {
    labels: (days[0] ?? []).map(({ hour }) => hours(SUNDAY + hour * HOUR_MS)),
    series: days.map((day) => ({
      name: names(SUNDAY + weekdays.indexOf(day[0]?.day.toLowerCase() ?? '') * DAY_MS),
      values: day.map((each) => each[counted]),
    })),
  }
}

/** In the order of the viewer's week: it begins on Sunday in Israel, on Monday in France. */
function inWeek<T extends { day: string }>(rows: readonly T[]): T[] {
  const first = firstDay()
  const place = ({ day }: T) => (weekdays.indexOf(day.toLowerCase()) - first + 7) % 7
  return rows.toSorted((a, b) => place(a) - place(b))
}

/** 1 is Monday, 7 Sunday; Monday where the browser does not know (ISO 8601). */
function firstDay(): number {
  const week = new Intl.Locale(locale()) as { getWeekInfo?(): { firstDay: number } } // newer than the types
  return week.getWeekInfo?.().firstDay ?? 1
}

/** What the server counted in the workspace's zone is only named here: no zone moves it again. */
function namesOf(options: Intl.DateTimeFormatOptions) {
  const format = new Intl.DateTimeFormat(locale(), { ...options, timeZone: 'UTC' })
  return (at: number) => format.format(at)
}

const nameOf = (counted: Counted) =>
  counted === 'opens' ? t('Opens in all, machines too') : t('Opens by people')

function drawingOf<T extends Readonly<Record<Counted, number>>>(
  rows: readonly T[],
  labelOf: (row: T) => string,
  counted: Counted,
) {
  return {
    labels: rows.map(labelOf),
    series: [{ name: nameOf(counted), values: rows.map((row) => row[counted]) }],
  }
}
