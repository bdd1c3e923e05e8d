/** How the list of contacts grows: who joined, who left, and the difference, by day. */
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useMemo } from 'react'
import { type Answer, get } from '../lib/api.ts'
import { day as dayName, number, zone } from '../lib/format.ts'
import { t } from '../lib/language.ts'
import { ChartCard } from '../ui/ChartCard.tsx'
import { Meaning } from '../ui/Meaning.tsx'
import { periodOf } from './period.ts'

type Day = Answer<'/analytics/growth'>['data'][number]

export function Growth({ days }: { days: number }) {
  const query = useQuery({
    queryKey: ['/analytics/growth', days],
    queryFn: () => get('/analytics/growth', { query: { ...periodOf(days), time_zone: zone() } }),
  })
  const data = query.data?.data
  const drawn = useMemo(() => data && drawingOf(data), [data])
  return (
    <ChartCard
      title={t('Contacts joined and left')}
      kind="line"
      note={data && <Sums days={data} />}
      {...{ query, drawn }}
    />
  )
}

const figures = ['joined', 'left', 'net'] as const
type Figure = (typeof figures)[number]

const namesOf = (): Readonly<Record<Figure, string>> => ({
  joined: t('Joined'),
  left: t('Left'),
  net: t('Net'),
})

/** Days are dates of the zone that was asked for; noon keeps them what they are in every other. */
const drawingOf = (days: readonly Day[]) => ({
  labels: days.map(({ date }) => dayName(`${date}T12:00:00`)),
  series: figures.map((figure) => ({
    name: namesOf()[figure],
    values: days.map((each) => each[figure]),
  })),
})

function Sums({ days }: { days: readonly Day[] }) {
  const meanings: Readonly<Record<Figure, ReactNode>> = {
    joined: t(
      'Contacts that were new, and those that came back: they said yes again after a no to everything, or were taken out of another contact.',
    ),
    left: t(
      'Contacts that said no to all marketing on every channel, were deleted or erased, or were merged into another. Whoever says no to one topic or one channel stays. Nobody is counted twice.',
    ),
    net: t('Joined less left'),
  }
  return (
    <span className="relative -mt-4 flex w-80 max-w-full flex-wrap gap-x-4 pt-4">
      {figures.map((figure) => (
        <span key={figure}>
          <Meaning of={namesOf()[figure]}>{meanings[figure]}</Meaning>{' '}
          <bdi className="text-foreground tabular-nums">
            {number(days.reduce((sum, each) => sum + each[figure], 0))}
          </bdi>
        </span>
      ))}
    </span>
  )
}
