/**
 * What the opens and clicks of a message add up to, and by how much that changes the
 * hourly counters. Pure. Late hits and new classes change the past: a counter is corrected
 * in the hour in which it was raised.
 */
import type { HitClass } from '../hits.ts'
import type { Summary } from '../store/engagements.ts'

export interface Counted {
  readonly kind: 'open' | 'click'
  readonly at: Date
  readonly class: HitClass
}

export interface Change {
  readonly metric: string
  readonly at: Date
  readonly n: number
}

export type Tally = Omit<Summary, 'messageId'>

export const nothing: Tally = {
  opens: 0,
  humanOpens: 0,
  clicks: 0,
  humanClicks: 0,
  firstOpenAt: null,
  firstHumanOpenAt: null,
  firstClickAt: null,
  firstHumanClickAt: null,
}

const metrics = { open: 'opened', click: 'clicked' } as const
const HOUR_MS = 3_600_000

/** A person's click means that the person opened the message, also when images were blocked. */
export function tally(rows: readonly Counted[]): Tally {
  let [opens, humanOpens, clicks, humanClicks] = [0, 0, 0, 0]
  let open: Date | null = null
  let humanOpen: Date | null = null
  let click: Date | null = null
  let humanClick: Date | null = null
  for (const { kind, at, class: judged } of rows) {
    const human = judged === 'human'
    if (kind === 'open') {
      opens++
      open = earlier(open, at)
      if (human) humanOpens++
    } else {
      clicks++
      click = earlier(click, at)
      if (human) humanClicks++
      if (human) humanClick = earlier(humanClick, at)
    }
    if (human) humanOpen = earlier(humanOpen, at)
  }
  return {
    opens,
    humanOpens: Math.max(humanOpens, Math.min(humanClicks, 1)),
    clicks,
    humanClicks,
    firstOpenAt: open,
    firstHumanOpenAt: humanOpen,
    firstClickAt: click,
    firstHumanClickAt: humanClick,
  }
}

/**
 * The new sum of a message. `before` and `after` are the rows that were read, with their old
 * and new classes; where a message has more than were read, only what they changed is added.
 */
export function nextSummary(
  stored: Tally,
  before: readonly Counted[],
  after: readonly Counted[],
  partial: boolean,
): Tally {
  const now = tally(after)
  if (!partial) return now
  const then = tally(before)
  return {
    opens: stored.opens + now.opens - then.opens,
    humanOpens: stored.humanOpens + now.humanOpens - then.humanOpens,
    clicks: stored.clicks + now.clicks - then.clicks,
    humanClicks: stored.humanClicks + now.humanClicks - then.humanClicks,
    firstOpenAt: earlier(stored.firstOpenAt, now.firstOpenAt),
    firstHumanOpenAt: earlier(stored.firstHumanOpenAt, now.firstHumanOpenAt),
    firstClickAt: earlier(stored.firstClickAt, now.firstClickAt),
    firstHumanClickAt: earlier(stored.firstHumanClickAt, now.firstHumanClickAt),
  }
}

/** By how much the counters change. Zeros are left out. */
export function changes(
  stored: Tally,
  next: Tally,
  before: readonly Counted[],
  after: readonly Counted[],
): Change[] {
  const sums: { metric: string; hour: number; at: Date; n: number }[] = [] // a handful, mostly
  const add = (metric: string, at: Date | null, n: number) => {
    if (at === null) return
    const hour = Math.floor(+at / HOUR_MS)
    const sum = sums.find((each) => each.metric === metric && each.hour === hour)
    if (sum) sum.n += n
    else sums.push({ metric, hour, at, n })
  }
  addRows(before, after, add)
  addImplied(before, -1, add)
  addImplied(after, 1, add)
  for (const [sum, sign] of [
    [stored, -1],
    [next, 1],
  ] as const) {
    add('opened_unique', sum.firstOpenAt, sign)
    add('opened_unique_human', sum.firstHumanOpenAt, sign)
    add('clicked_unique', sum.firstClickAt, sign)
    add('clicked_unique_human', sum.firstHumanClickAt, sign)
  }
  return sums.flatMap(({ metric, at, n }) => (n === 0 ? [] : [{ metric, at, n }]))
}

type CountedChange = Change & { readonly channel: string }

/** The changes of many messages as one for each counter. */
export function together(all: Iterable<CountedChange>): CountedChange[] {
  const counters = new Map<string, Map<number, { change: CountedChange; n: number }>>()
  for (const change of all) {
    const key = `${change.channel} ${change.metric}`
    const hours = counters.get(key) ?? new Map<number, { change: CountedChange; n: number }>()
    counters.set(key, hours)
    const hour = Math.floor(+change.at / HOUR_MS)
    const sum = hours.get(hour)
    if (sum) sum.n += change.n
    else hours.set(hour, { change, n: change.n })
  }
  const sums = [...counters.values()].flatMap((hours) => [...hours.values()])
  return sums.flatMap(({ change, n }) => (n === 0 ? [] : [{ ...change, n }]))
}

/** Rows that are in both cancel each other. */
function addRows(before: readonly Counted[], after: readonly Counted[], add: Add): void {
  if (before.length === 0) {
    for (const row of after) addOne(row, 1, add)
    return
  }
  const [then, now] = [new Set(before), new Set(after)]
  for (const row of before) if (!now.has(row)) addOne(row, -1, add)
  for (const row of after) if (!then.has(row)) addOne(row, 1, add)
}

type Add = (metric: string, at: Date | null, n: number) => void

function addOne({ kind, at, class: judged }: Counted, sign: number, add: Add): void {
  add(metrics[kind], at, sign)
  if (judged === 'human') add(`${metrics[kind]}_human`, at, sign)
}

/** The open that a person's click implies. */
function addImplied(rows: readonly Counted[], sign: number, add: Add): void {
  if (rows.some((row) => row.kind === 'open' && row.class === 'human')) return
  const { firstHumanClickAt } = tally(rows)
  if (firstHumanClickAt !== null) add('opened_human', firstHumanClickAt, sign)
}

function earlier(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b
  return +a <= +b ? a : b
}
