/** A place in which ECharts draws, as SVG: anew when its data, its width or the theme changes. */
import { type EChartsType, init, setPlatformAPI, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { type RefObject, useEffect, useRef, useSyncExternalStore } from 'react'
import { isDark, onTheme } from '../lib/theme.ts'

export const LETTER = 7 // pixels, about, of a label's letter
export const MARGIN = 8 // pixels

use([SVGRenderer])
// Nothing is placed by it (each drawing reckons its labels), and a canvas to measure letters on is slow to make.
setPlatformAPI({ measureText: (text) => ({ width: text.length * LETTER }) })

const light = {
  ink: '#565d6b',
  line: '#e0e3ea',
  paper: '#fff',
  colours: ['#1f4fd8', '#0f8a6a', '#b4540a', '#8a3ab9'],
  /** Of a heat-map, from zero to the most. */
  heat: ['#edf1fb', '#1f4fd8'],
}
const dark: Look = {
  ink: '#a3abba',
  line: '#2a2f39',
  paper: '#171a20',
  colours: ['#8fb0ff', '#5fd0b0', '#f0a860', '#cf9cf0'],
  heat: ['#232a3a', '#8fb0ff'],
}
export type Look = typeof light

type Option = Parameters<EChartsType['setOption']>[0]

/** `optionOf` has to stay the same function as long as its data does. */
export function useDrawn(optionOf: (look: Look, width: number) => Option): {
  place: RefObject<HTMLDivElement | null>
  /** At once, or as soon as it is drawn: before, ECharts raises. Of several that wait the last is done. */
  withChart: (work: (chart: EChartsType) => void) => void
  look: Look
} {
  const place = useRef<HTMLDivElement>(null)
  const chart = useRef<EChartsType>(null)
  const waiting = useRef<(chart: EChartsType) => void>(null)
  const look = useSyncExternalStore(onTheme, isDark) ? dark : light
  useEffect(() => {
    const element = place.current
    if (!element) return
    const made = init(element, null, { renderer: 'svg' })
    function handleFinished() {
      made.off('finished', handleFinished)
      chart.current = made
      waiting.current?.(made)
      waiting.current = null
    }
    made.on('finished', handleFinished)
    let drawn = ''
    const draw = () => {
      const { clientWidth: width, clientHeight: height } = element
      if (drawn === `${width} ${height}`) return
      if (drawn) made.resize()
      drawn = `${width} ${height}`
      made.setOption(optionOf(look, width), { lazyUpdate: true }) // with the next frame: two short turns instead of a long one
    }
    const resize = new ResizeObserver(draw) // begins with a first call
    resize.observe(element)
    return () => {
      resize.disconnect()
      made.dispose()
      chart.current = null
    }
  }, [optionOf, look])
  const withChart = (work: (chart: EChartsType) => void) => {
    if (chart.current) work(chart.current)
    else waiting.current = work
  }
  return { place, withChart, look }
}

/** The drawing itself runs from left to right; these marks (RLI … PDI) turn the words of a label. */
export const turned = (text: string): string => `\u2067${text}\u2069`

export const textOf = (look: Look) => ({
  color: look.ink,
  fontFamily: getComputedStyle(document.body).fontFamily,
})
