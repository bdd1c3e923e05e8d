/** A chart with its heading, its twin as a table and as CSV, and its faces while it is read or when it cannot be. */
import { type ReactNode, useState } from 'react'
import { Card } from './Card.tsx'
import { Chart, ChartActions, type ChartProps } from './Chart.tsx'
import { Failed, Skeleton } from './States.tsx'

interface Props extends Pick<ChartProps, 'title' | 'kind'> {
  readonly note?: ReactNode
  readonly query: { readonly error: unknown; refetch(): unknown }
  /** Undefined as long as nothing is there to be drawn. */
  readonly drawn: Pick<ChartProps, 'labels' | 'series'> | undefined
  /** Instead of a drawing in which there would be nothing. */
  readonly empty?: ReactNode
  readonly actions?: ReactNode
  readonly className?: string
}

export function ChartCard(props: Props) {
  const { title, kind, note, query, drawn, empty, actions, className = '' } = props
  const [asTable, setAsTable] = useState(false)
  const chart = drawn && { title, kind, ...drawn }
  return (
    <Card
      title={title}
      note={note}
      className={className}
      actions={
        <>
          {actions}
          {chart && !empty && <ChartActions {...{ chart, asTable }} onTable={setAsTable} />}
        </>
      }
    >
      {query.error ? (
        <Failed error={query.error} onRetry={() => void query.refetch()} />
      ) : empty ? (
        empty
      ) : chart ? (
        <Chart {...chart} asTable={asTable} />
      ) : (
        <Skeleton className="h-64" />
      )}
    </Card>
  )
}
