/** ECharts itself: only what our charts need, drawn as SVG. Loaded on demand by Chart.tsx. */
import { BarChart, LineChart } from 'echarts/charts'
import { GridComponent, TooltipComponent } from 'echarts/components'
import { init, setPlatformAPI, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import { cn } from '../lib/cn.ts'
import { compact, number } from '../lib/format.ts'
import { direction } from '../lib/language.ts'
import { isDark, onTheme } from '../lib/theme.ts'
import type { ChartProps } from './Chart.tsx'

use([BarChart, LineChart, SVGRenderer, GridComponent, TooltipComponent])
// Nothing is placed by it (see placesOf), and a canvas to measure letters on is slow to make.
setPlatformAPI({ measureText: (text) => ({ width: text.length * LETTER }) })

const LETTER = 7 // pixels, about, of a label's letter
const MARGIN = 8 // pixels

const light = {
  ink: '#565d6b',
  line: '#e0e3ea',
  paper: '#fff',
  colours: ['#1f4fd8', '#0f8a6a', '#b4540a', '#8a3ab9'],
}
const dark = {
  ink: '#a3abba',
  line: '#2a2f39',
  paper: '#171a20',
  colours: ['#8fb0ff', '#5fd0b0', '#f0a860', '#cf9cf0'],
}

export function Drawing({ title, kind, labels, series }: ChartProps) {
  const place = useRef<HTMLDivElement>(null)
  const isNight = useSyncExternalStore(onTheme, isDark)
  useEffect(() => {
    const element = place.current
    if (!element) return
    const chart = init(element, null, { renderer: 'svg' })
    let drawn = ''
    const draw = () => {
      const { clientWidth: width, clientHeight: height } = element
      if (drawn === `${width} ${height}`) return
      if (drawn) chart.resize()
      drawn = `${width} ${height}`
      const option = optionOf({ title, kind, labels, series }, isNight ? dark : light, width)
      chart.setOption(option, { lazyUpdate: true }) // with the next frame: two short turns instead of a long one
    }
    const resize = new ResizeObserver(draw) // begins with a first call
    resize.observe(element)
    return () => {
      resize.disconnect()
      chart.dispose()
    }
  }, [title, kind, labels, series, isNight])
  return (
    <div className="flex h-64 flex-col gap-2">
      {series.length > 1 && <Legend series={series} colours={(isNight ? dark : light).colours} />}
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
  const most = Math.max(0, ...series.flatMap(({ values }) => values))
  const side = MARGIN + LETTER * Math.max(4, compact(most).length)
  const label = LETTER * Math.max(0, ...labels.map(({ length }) => length)) + 2 * MARGIN
  const room = Math.max(1, Math.floor((width - side) / label)) // labels
  return { side, every: Math.ceil(labels.length / room) }
}

function optionOf({ kind, labels, series }: ChartProps, look: typeof light, width: number) {
  const isRtl = direction() === 'rtl'
  const { side, every } = placesOf({ labels, series }, width)
  // The drawing itself runs from left to right; these marks (RLI … PDI) turn the words of a label.
  const text = { color: look.ink, fontFamily: getComputedStyle(document.body).fontFamily }
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
      data: isRtl ? labels.map((label) => `\u2067${label}\u2069`) : [...labels],
      inverse: isRtl,
      axisLabel: { ...text, interval: every - 1 },
      axisLine: { lineStyle: { color: look.line } },
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
