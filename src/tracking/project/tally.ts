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
  const of = (kind: Counted['kind'], human: boolean) =>
    rows.filter((row) => row.kind === kind && (!human || row.class === 'human'))
  const [opens, humanOpens] = [of('open', false), of('open', true)]
  const [clicks, humanClicks] = [of('click', false), of('click', true)]
  return {
    opens: opens.length,
    humanOpens: Math.max(humanOpens.length, Math.min(humanClicks.length, 1)),
    clicks: clicks.length,
    humanClicks: humanClicks.length,
    firstOpenAt: first(opens),
    firstHumanOpenAt: first([...humanOpens, ...humanClicks]),
    firstClickAt: first(clicks),
    firstHumanClickAt: first(humanClicks),
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
  const sums = new Map<string, Change>()
  const add = (metric: string, at: Date | null, n: number) => {
    if (at === null) return
    const key = `${metric} ${Math.floor(+at / HOUR_MS)}`
    sums.set(key, { metric, at, n: (sums.get(key)?.n ?? 0) + n })
  }
  for (const [rows, sign] of [
    [before, -1],
    [after, 1],
  ] as const)
    addEach(rows, sign, add)
  for (const [sum, sign] of [
    [stored, -1],
    [next, 1],
  ] as const) {
    add('opened_unique', sum.firstOpenAt, sign)
    add('opened_unique_human', sum.firstHumanOpenAt, sign)
    add('clicked_unique', sum.firstClickAt, sign)
    add('clicked_unique_human', sum.firstHumanClickAt, sign)
  }
  return [...sums.values()].filter((change) => change.n !== 0)
}

function addEach(
  rows: readonly Counted[],
  sign: number,
  add: (metric: string, at: Date | null, n: number) => void,
): void {
  for (const row of rows) {
    add(metrics[row.kind], row.at, sign)
    if (row.class === 'human') add(`${metrics[row.kind]}_human`, row.at, sign)
  }
  const { humanOpens, firstHumanClickAt } = tally(rows)
  const seen = rows.filter((row) => row.kind === 'open' && row.class === 'human').length
  if (humanOpens > seen) add('opened_human', firstHumanClickAt, sign)
}

function first(rows: readonly Counted[]): Date | null {
  return rows.reduce<Date | null>((least, row) => earlier(least, row.at), null)
}

function earlier(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b
  return a <= b ? a : b
}
