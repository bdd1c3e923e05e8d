/**
 * Cells that are the darker the more they count: a line for each of the series, a column for each
 * label. A figure is told under the pointer and, with the arrow keys, of one cell after the other.
 * Where there was nothing to count a cell has a border only; zero has the lightest colour.
 */
import { HeatmapChart } from 'echarts/charts'
import { GridComponent, TooltipComponent, VisualMapContinuousComponent } from 'echarts/components'
import { use } from 'echarts/core'
import { useCallback, useState } from 'react'
import { number } from '../lib/format.ts'
import { direction, t } from '../lib/language.ts'
import type { ChartProps } from './Chart.tsx'
import { useCells } from './useCells.ts'
import { LETTER, type Look, MARGIN, textOf, turned, useDrawn } from './useDrawn.ts'

use([HeatmapChart, GridComponent, TooltipComponent, VisualMapContinuousComponent])

type Cells = Pick<ChartProps, 'labels' | 'series'>

export function HeatMap({ title, labels, series }: ChartProps) {
  const [told, setTold] = useState('')
  const { place, withChart, look } = useDrawn(
    useCallback(
      (look: Look, width: number) => optionOf({ labels, series }, look, width),
      [labels, series],
    ),
  )
  const keys = useCells(labels.length, series.length, (cell) => {
    if (cell !== null) setTold(tellOf({ labels, series }, cell))
    withChart((chart) => {
      chart.dispatchAction({ type: 'downplay' })
      if (cell === null) return chart.dispatchAction({ type: 'hideTip' })
      const at = { seriesIndex: 0, dataIndex: cell }
      chart.dispatchAction({ type: 'highlight', ...at })
      chart.dispatchAction({ type: 'showTip', ...at })
    })
  })
  return (
    <div className="flex h-72 flex-col gap-2">
      <Scale series={series} look={look} />
      {/* biome-ignore-start lint/a11y/noNoninteractiveTabindex: the arrow keys work in it */}
      <div
        role="application"
        aria-label={t('{title}: the arrow keys go from cell to cell', { title })}
        tabIndex={0}
        className="min-h-0 w-full flex-1"
        {...keys}
      >
        <div ref={place} aria-hidden className="size-full" dir="ltr" />
      </div>
      {/* biome-ignore-end lint/a11y/noNoninteractiveTabindex: as above */}
      <p role="status" className="sr-only">
        {told}
      </p>
    </div>
  )
}

function Scale({ series, look }: Pick<ChartProps, 'series'> & { look: Look }) {
  const isGap = series.some(({ values }) => values.includes(null))
  return (
    <p className="flex flex-wrap items-center gap-x-5 gap-y-1 text-xs text-muted-foreground tabular-nums">
      <span className="flex items-center gap-2">
        {number(0)}
        <span
          aria-hidden
          className="h-3 w-24 rounded-sm border"
          style={{
            background: `linear-gradient(to ${direction() === 'rtl' ? 'left' : 'right'}, ${look.heat.join(', ')})`,
          }}
        />
        {number(mostOf(series))}
      </span>
      {isGap && (
        <span className="flex items-center gap-2">
          <span aria-hidden className="size-3 rounded-sm border border-dashed border-current" />
          {t('nothing to count yet')}
        </span>
      )}
    </p>
  )
}

const mostOf = (series: ChartProps['series']) =>
  Math.max(1, ...series.flatMap(({ values }) => values.map(Number)))

/** What a cell says; cells are numbered line by line. */
function tellOf({ labels, series }: Cells, cell: number): string {
  const line = series[Math.floor(cell / labels.length)]
  const column = cell % labels.length
  const value = line?.values[column]
  const count = typeof value === 'number' ? number(value) : t('nothing to count yet')
  return `${line?.name ?? ''} ${labels[column] ?? ''}: ${count}`
}

function optionOf({ labels, series }: Cells, look: Look, width: number) {
  const isRtl = direction() === 'rtl'
  const text = textOf(look)
  const side = LETTER * Math.max(0, ...series.map(({ name }) => name.length)) + 2 * MARGIN
  const label = LETTER * Math.max(0, ...labels.map(({ length }) => length)) + MARGIN
  const every = Math.ceil((labels.length * label) / Math.max(label, width - side))
  const words = (texts: readonly string[]) => (isRtl ? texts.map(turned) : [...texts])
  const bare = { axisLine: { show: false }, axisTick: { show: false }, splitLine: { show: false } }
  return {
    animation: false,
    grid: {
      ...{ top: 2, bottom: 24, outerBoundsMode: 'none' as const },
      ...(isRtl ? { left: MARGIN, right: side } : { left: side, right: MARGIN }),
    },
    tooltip: {
      trigger: 'item',
      confine: true,
      backgroundColor: look.paper,
      borderColor: look.line,
      textStyle: { ...text, align: isRtl ? 'right' : 'left' },
      formatter: ({ dataIndex }: { dataIndex: number }) =>
        asElement(tellOf({ labels, series }, dataIndex)),
    },
    xAxis: {
      ...{ type: 'category', data: words(labels), inverse: isRtl, ...bare },
      axisLabel: { ...text, interval: every - 1 },
    },
    yAxis: {
      ...{ type: 'category', data: words(series.map(({ name }) => name)), inverse: true, ...bare },
      position: isRtl ? 'right' : 'left',
      axisLabel: { ...text, interval: 0 },
    },
    visualMap: {
      ...{ type: 'continuous', show: false, min: 0, max: mostOf(series) },
      inRange: { color: look.heat },
    },
    series: [
      {
        type: 'heatmap',
        data: series.flatMap(({ values }, y) =>
          values.map((value, x) => cellOf(x, y, value, look)),
        ),
        itemStyle: { borderColor: look.paper, borderWidth: 2, borderRadius: 3 },
        emphasis: { itemStyle: { color: 'inherit', borderColor: look.ink, borderWidth: 2 } },
      },
    ],
  }
}

function cellOf(x: number, y: number, value: number | null, look: Look) {
  if (value !== null) return { value: [x, y, value] }
  const itemStyle = {
    ...{ color: look.paper, borderColor: look.line, borderType: 'dashed', borderWidth: 1 },
  }
  return { value: [x, y, 0], visualMap: false, itemStyle }
}

/** Not as HTML: a label is whatever its chart calls it. */
function asElement(text: string): HTMLElement {
  const element = document.createElement('span')
  element.dir = direction()
  element.textContent = text
  return element
}
