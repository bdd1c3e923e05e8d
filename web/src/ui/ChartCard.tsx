/** A chart with its heading, and its faces while it is read or when it cannot be. */
import type { ReactNode } from 'react'
import { Card } from './Card.tsx'
import { Chart, type ChartProps } from './Chart.tsx'
import { Failed, Skeleton } from './States.tsx'

interface Props extends Pick<ChartProps, 'title' | 'kind'> {
  readonly note?: ReactNode
  readonly query: { readonly error: unknown; refetch(): unknown }
  /** Undefined as long as nothing is there to be drawn. */
  readonly drawn: Pick<ChartProps, 'labels' | 'series'> | undefined
}

export function ChartCard({ title, kind, note, query, drawn }: Props) {
  return (
    <Card title={title} note={note}>
      {query.error ? (
        <Failed error={query.error} onRetry={() => void query.refetch()} />
      ) : drawn ? (
        <Chart title={title} kind={kind} {...drawn} />
      ) : (
        <Skeleton className="h-72" />
      )}
    </Card>
  )
}
