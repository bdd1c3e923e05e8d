/**
 * Lighthouse's performance score of a page, without Lighthouse: its metrics as the browser itself
 * tells them, its presets of network and processor, its curves and weights (v10 to v12).
 *
 *   weights, curves   core/config/default-config.js, core/audits/metrics/*.js ("scoreOptions": p10 and median)
 *   score             a log-normal curve through (p10, 0.9) and (median, 0.5): shared/statistics.js
 *   presets           core/config/constants.js (mobileSlow4G, desktopDense4G), applied by the browser ("devtools")
 *
 * Speed Index needs a film of the page. In its place stands the middle of first and largest paint,
 * which is too good where the frame has the largest text: Lighthouse 13.5 itself found 2.3 s on the
 * phone, which costs a point.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core'

export interface Preset {
  readonly name: 'desktop' | 'phone'
  readonly viewport: { readonly width: number; readonly height: number }
  readonly latencyMs: number
  readonly bytesPerSecond: number
  readonly slowdown: number
  readonly curves: Readonly<Record<Metric, readonly [p10: number, median: number]>>
}

export type Metric = 'fcp' | 'si' | 'lcp' | 'tbt' | 'cls'
export type Metrics = Readonly<Record<Metric, number>>

const KBIT = 1024 / 8 // bytes
const weights: Readonly<Record<Metric, number>> = { fcp: 10, si: 10, lcp: 25, tbt: 30, cls: 25 }

export const presets: readonly Preset[] = [
  {
    name: 'desktop',
    viewport: { width: 1350, height: 940 },
    ...{ latencyMs: 40, bytesPerSecond: 10 * 1024 * KBIT, slowdown: 1 },
    curves: {
      ...{ fcp: [934, 1600], si: [1311, 2300], lcp: [1200, 2400], tbt: [150, 350] },
      cls: [0.1, 0.25],
    },
  },
  {
    name: 'phone',
    viewport: { width: 412, height: 823 },
    ...{ latencyMs: 150, bytesPerSecond: 1.6 * 1024 * KBIT, slowdown: 4 },
    curves: {
      ...{ fcp: [1800, 3000], si: [3387, 5800], lcp: [2500, 4000], tbt: [200, 600] },
      cls: [0.1, 0.25],
    },
  },
]

/** 0 to 100. */
export function scoreOf(metrics: Metrics, { curves }: Preset): number {
  const all = Object.keys(weights) as Metric[] // its own keys
  return all.reduce((sum, name) => sum + weights[name] * share(metrics[name], curves[name]), 0)
}

/** The log-normal curve: 0.9 at p10, 0.5 at the median. */
function share(value: number, [p10, median]: readonly [number, number]): number {
  if (value <= 0) return 1
  const INVERSE_ERFC_ONE_FIFTH = 0.9061938024368232
  const x = (Math.log(value / median) * INVERSE_ERFC_ONE_FIFTH) / -Math.log(p10 / median)
  return Math.min(1, Math.max(0, (1 - erf(x)) / 2))
}

/** Abramowitz and Stegun 7.1.26, good to 1.5e-7. */
function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x))
  const terms = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592]
  const sum = terms.reduce((sofar, term) => (sofar + term) * t, 0)
  return Math.sign(x) * (1 - sum * Math.exp(-x * x))
}

const PATIENCE_MS = 60_000
const QUIET_MS = 3_000 // without a long task or another paint, the page is done
const OBSERVE = `
  window.seen = { fcp: 0, lcp: 0, cls: 0, tasks: [], last: performance.now() }
  const watch = (type, note) => new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) { seen.last = performance.now(); note(entry) }
  }).observe({ type, buffered: true })
  watch('paint', (entry) => { if (entry.name === 'first-contentful-paint') seen.fcp = entry.startTime })
  watch('largest-contentful-paint', (entry) => { seen.lcp = entry.startTime })
  watch('layout-shift', (entry) => { if (!entry.hadRecentInput) seen.cls += entry.value })
  watch('longtask', (entry) => { seen.tasks.push([entry.startTime, entry.duration]) })
`

interface Seen {
  readonly fcp: number
  readonly lcp: number
  readonly cls: number
  readonly tasks: readonly (readonly [start: number, duration: number])[]
}

/** One visit with an empty cache. */
export async function measure(
  browser: Browser,
  { preset, url, cookies }: { preset: Preset; url: string; cookies: CookieList },
): Promise<Metrics> {
  const context = await browser.newContext({ viewport: preset.viewport, locale: 'en-GB' })
  try {
    await context.addCookies(cookies)
    const page = await context.newPage()
    await throttle(await context.newCDPSession(page), preset)
    await page.addInitScript(OBSERVE)
    await page.goto(url)
    await quietened(page)
    const { fcp, lcp, cls, tasks }: Seen = await page.evaluate('seen')
    const blocking = tasks.filter(([start]) => start >= fcp).map(([, ms]) => Math.max(0, ms - 50))
    return { fcp, lcp, cls, si: (fcp + lcp) / 2, tbt: blocking.reduce((sum, ms) => sum + ms, 0) }
  } finally {
    await context.close()
  }
}

/** By the debugger: the page's policy lets nobody evaluate texts in it. */
async function quietened(page: Page): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    const quietMs: number = await page.evaluate('performance.now() - seen.last')
    if (quietMs > QUIET_MS) return
    if (performance.now() > deadline) throw new Error('the page does not come to rest')
    await sleep(QUIET_MS / 10)
  }
}

type CookieList = Parameters<BrowserContext['addCookies']>[0]

async function throttle(session: CDPSession, preset: Preset): Promise<void> {
  const { latencyMs: latency, bytesPerSecond: throughput, slowdown: rate } = preset
  await session.send('Network.enable')
  await session.send('Network.emulateNetworkConditions', {
    ...{
      offline: false,
      latency,
      downloadThroughput: throughput,
      uploadThroughput: throughput / 2,
    },
  })
  await session.send('Emulation.setCPUThrottlingRate', { rate })
}
