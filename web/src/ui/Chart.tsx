/**
 * A chart with its twin: the same data as a table, and as CSV. ECharts comes only when a chart is
 * about to be seen, and draws SVG. In Hebrew the axis runs from right to left.
 */
import { Download, Table2 } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { csvFile } from '../lib/csv.ts'
import { number } from '../lib/format.ts'
import { t } from '../lib/language.ts'
import { useSeen } from '../lib/useSeen.ts'
import { Button } from './Button.tsx'
import { DataTable } from './DataTable.tsx'
import { Skeleton } from './States.tsx'

export interface Series {
  readonly name: string
  /** Null where there was nothing to count, which is not zero; only a heat-map draws that. */
  readonly values: readonly (number | null)[]
  /** Which of the others this is, of the period before: drawn in its colour, and finer. */
  readonly before?: number
}

export interface ChartProps {
  readonly title: string
  /** A heat-map has a line of cells for each of the series. */
  readonly kind: 'line' | 'bar' | 'heat'
  readonly labels: readonly string[]
  readonly series: readonly Series[]
}

const Drawing = lazy(() => import('./Drawing.tsx').then(({ Drawing }) => ({ default: Drawing })))
const HeatMap = lazy(() => import('./HeatMap.tsx').then(({ HeatMap }) => ({ default: HeatMap })))

/** As a drawing, or as the table of the same. */
export function Chart({ asTable, ...chart }: ChartProps & { asTable: boolean }) {
  const { kind } = chart
  const [place, isSeen] = useSeen()
  if (asTable) return <ChartTable {...chart} />
  const waiting = <Skeleton className="h-64" />
  return (
    <div ref={place}>
      {isSeen ? (
        <Suspense fallback={waiting}>
          {kind === 'heat' ? <HeatMap {...chart} /> : <Drawing {...chart} kind={kind} />}
        </Suspense>
      ) : (
        waiting
      )}
    </div>
  )
}

/** What stands in the heading of a chart. */
export function ChartActions({
  chart,
  asTable,
  onTable,
}: {
  chart: ChartProps
  asTable: boolean
  onTable: (asTable: boolean) => void
}) {
  return (
    <div className="-me-3 flex flex-wrap">
      <Button look="ghost" size="sm" aria-pressed={asTable} onClick={() => onTable(!asTable)}>
        <Table2 /> {t('View as table')}
      </Button>
      <Button look="ghost" size="sm" onClick={() => saveCsv(chart)}>
        <Download /> {t('CSV')}
      </Button>
    </div>
  )
}

function ChartTable({ title, labels, series }: ChartProps) {
  return (
    <div className="max-h-72 overflow-y-auto">
      <DataTable
        label={title}
        rows={labels.map((label, at) => ({ label, at }))}
        keyOf={({ label, at }) => `${at} ${label}`}
        columns={[
          { id: 'label', title: '', cell: ({ label }) => label },
          ...series.map(({ name, values }) => ({
            id: name,
            title: name,
            end: true,
            cell: ({ at }: { at: number }) => shown(values[at]),
          })),
        ]}
      />
    </div>
  )
}

const shown = (value: number | null | undefined) => (value === null ? '–' : number(value ?? 0))

function saveCsv({ title, labels, series }: ChartProps): void {
  const lines = [
    ['', ...series.map(({ name }) => name)],
    ...labels.map((label, at) => [label, ...series.map(({ values }) => values[at] ?? '')]),
  ]
  saveFile(`${title}.csv`, csvFile(lines))
}

export function saveFile(name: string, text: string, type = 'text/csv'): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type }))
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
