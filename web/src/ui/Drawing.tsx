/** ECharts itself: only what our charts need, drawn as SVG. Loaded on demand by Chart.tsx. */
import { BarChart, LineChart } from 'echarts/charts'
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import { compact, number } from '../lib/format.ts'
import { direction } from '../lib/language.ts'
import { isDark, onTheme } from '../lib/theme.ts'
import type { ChartProps } from './Chart.tsx'

use([
  ...[BarChart, LineChart, SVGRenderer],
  ...[AriaComponent, GridComponent, LegendComponent, TooltipComponent],
])

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
    if (!place.current) return
    const chart = init(place.current, null, { renderer: 'svg' })
    chart.setOption(optionOf({ title, kind, labels, series }, isNight ? dark : light))
    const resize = new ResizeObserver(() => chart.resize())
    resize.observe(place.current)
    return () => {
      resize.disconnect()
      chart.dispose()
    }
  }, [title, kind, labels, series, isNight])
  return <div ref={place} role="img" aria-label={title} className="h-64 w-full" dir="ltr" />
}

function optionOf({ kind, labels, series }: ChartProps, look: typeof light) {
  const isRtl = direction() === 'rtl'
  // The drawing itself runs from left to right; these marks (RLI … PDI) turn the words of a label.
  const text = { color: look.ink, fontFamily: getComputedStyle(document.body).fontFamily }
  return {
    animation: false,
    color: look.colours,
    grid: { top: series.length > 1 ? 36 : 12, bottom: 4, left: 8, right: 8, containLabel: true },
    legend: {
      show: series.length > 1,
      top: 0,
      textStyle: text,
      ...{ icon: 'roundRect', itemWidth: 14, itemHeight: 4, itemGap: 20 },
      [isRtl ? 'right' : 'left']: 0,
      align: isRtl ? 'right' : 'left',
      data: isRtl ? series.map(({ name }) => name).reverse() : series.map(({ name }) => name),
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
      axisLabel: { ...text, hideOverlap: true },
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
    series: series.map(({ name, values }, at) => ({
      name,
      type: kind,
      data: [...values],
      showSymbol: false,
      smooth: false,
      barMaxWidth: 28,
      lineStyle: { width: 2, type: at === 0 ? 'solid' : 'dashed' },
      itemStyle: kind === 'bar' ? { borderRadius: [3, 3, 0, 0] } : {},
    })),
  }
}
