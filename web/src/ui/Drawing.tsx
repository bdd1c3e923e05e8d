/** Lines and bars. Loaded on demand by Chart.tsx, with no more of ECharts than they need. */
import { BarChart, LineChart } from 'echarts/charts'
import { GridComponent, TooltipComponent } from 'echarts/components'
import { use } from 'echarts/core'
import { useCallback } from 'react'
import { cn } from '../lib/cn.ts'
import { compact, number } from '../lib/format.ts'
import { direction } from '../lib/language.ts'
import type { ChartProps } from './Chart.tsx'
import { LETTER, type Look, MARGIN, textOf, turned, useDrawn } from './useDrawn.ts'

use([BarChart, LineChart, GridComponent, TooltipComponent])

type LinesProps = ChartProps & { readonly kind: 'line' | 'bar' }

export function Drawing({ title, kind, labels, series }: LinesProps) {
  const { place, look } = useDrawn(
    useCallback(
      (look: Look, width: number) => optionOf({ title, kind, labels, series }, look, width),
      [title, kind, labels, series],
    ),
  )
  return (
    <div className="flex h-64 flex-col gap-2">
      {series.length > 1 && <Legend series={series} colours={look.colours} />}
      <div ref={place} role="img" aria-label={title} className="min-h-0 w-full flex-1" dir="ltr" />
    </div>
  )
}

/** Lines are told apart without their colours too. */
function styleOf(
  series: ChartProps['series'],
  at: number,
): `border-${'solid' | 'dashed' | 'dotted'}` {
  if (series[at]?.before !== undefined) return 'border-dotted'
  return at === 0 ? 'border-solid' : 'border-dashed'
}

function Legend({ series, colours }: Pick<ChartProps, 'series'> & { colours: readonly string[] }) {
  return (
    <ul className="flex flex-wrap gap-x-5 gap-y-1 text-xs text-muted-foreground">
      {series.map(({ name, before }, at) => (
        <li key={name} className="flex items-center gap-2">
          <span
            aria-hidden
            className={cn(
              'w-4',
              before === undefined ? 'border-t-2' : 'border-t',
              styleOf(series, at),
            )}
            style={{ borderColor: colours[before ?? at] }}
          />
          {name}
        </li>
      ))}
    </ul>
  )
}

/** How much the axes' labels take is reckoned here: to let ECharts find it out costs more than all else it does. */
function placesOf({ labels, series }: Pick<ChartProps, 'labels' | 'series'>, width: number) {
  const values = series.flatMap((each) => each.values.map(Number))
  const ends = [Math.max(0, ...values), Math.min(0, ...values)]
  const side = MARGIN + LETTER * Math.max(4, ...ends.map((end) => compact(end).length))
  const label = LETTER * Math.max(0, ...labels.map(({ length }) => length)) + 2 * MARGIN
  const room = Math.max(1, Math.floor((width - side) / label)) // labels
  return { side, every: Math.ceil(labels.length / room) }
}

function optionOf({ kind, labels, series }: LinesProps, look: Look, width: number) {
  const isRtl = direction() === 'rtl'
  const { side, every } = placesOf({ labels, series }, width)
  const text = textOf(look)
  return {
    animation: false,
    color: look.colours,
    grid: {
      ...{ top: MARGIN, bottom: 24, outerBoundsMode: 'none' as const },
      ...(isRtl ? { left: 2 * MARGIN, right: side } : { left: side, right: 2 * MARGIN }),
    },
    tooltip: {
      trigger: 'axis',
      backgroundColor: look.paper,
      borderColor: look.line,
      textStyle: { ...text, align: isRtl ? 'right' : 'left' },
      valueFormatter: (value: unknown) => number(Number(value)),
    },
    xAxis: {
      type: 'category',
      data: isRtl ? labels.map(turned) : [...labels],
      inverse: isRtl,
      axisLabel: { ...text, interval: every - 1 },
      axisLine: { onZero: false, lineStyle: { color: look.line } },
      axisTick: { show: false },
    },
    yAxis: {
      type: 'value',
      position: isRtl ? 'right' : 'left',
      minInterval: 1,
      axisLabel: { ...text, formatter: (value: number) => compact(value) },
      splitLine: { lineStyle: { color: look.line } },
    },
    series: series.map(({ name, values, before }, at) => ({
      name,
      type: kind,
      data: [...values],
      color: look.colours[before ?? at],
      showSymbol: false,
      smooth: false,
      barMaxWidth: 28,
      lineStyle: {
        ...{ width: before === undefined ? 2 : 1.2, opacity: before === undefined ? 1 : 0.8 },
        type: styleOf(series, at).slice('border-'.length) as 'solid' | 'dashed' | 'dotted', // as above
      },
      itemStyle: kind === 'bar' ? { borderRadius: [3, 3, 0, 0] } : {},
    })),
  }
}
