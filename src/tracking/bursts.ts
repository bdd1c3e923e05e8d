/**
 * What is suspicious only together: many links within seconds, one network at many
 * messages. The classifier's rules 3, 11, 12 and 13, each as the set of hits that it
 * marks. Every function is one pass over hits in time order.
 */
import type { Context, Hit, Limits, Neighbour } from './hits.ts'

export interface Marks {
  readonly honeypot: ReadonlySet<Hit>
  readonly burst: ReadonlySet<Hit>
  readonly repeat: ReadonlySet<Hit>
  readonly gateway: ReadonlySet<Hit>
}

export interface Sourced {
  readonly hit: Hit
  readonly prefix: string | null
}

/** Rule 3: a click on the hidden link taints every click around it. */
export function honeypotHits(clicks: readonly Sourced[], link: number | null, limits: Limits) {
  const traps = clicks.filter((click) => link !== null && click.hit.linkIndex === link)
  const near = ({ hit }: Sourced) =>
    traps.some((trap) => Math.abs(+trap.hit.at - +hit.at) <= limits.honeypotSeconds * 1000)
  return new Set(clicks.filter(near).map((click) => click.hit))
}

/**
 * Rule 11, with its fold-back to opens: bursts of different links, then the opens just before them.
 * The hidden link is none of those of which many were followed.
 */
export function burstHits(
  clicks: readonly Sourced[],
  opens: readonly Sourced[],
  { linkCount, honeypotLink }: Pick<Context, 'linkCount' | 'honeypotLink'>,
  limits: Limits,
) {
  const marked = new Set<Hit>()
  const mark = (set: readonly Sourced[], seconds: number, links: number) => {
    for (const each of crowded(set, seconds, links, (click) => click.hit.linkIndex))
      marked.add(each.hit)
  }
  for (const key of [prefixKey, agentKey]) {
    for (const group of groupsBy(clicks, key)) mark(group, limits.burstSeconds, limits.burstLinks)
  }
  mark(clicks, limits.anySourceSeconds, limits.anySourceLinks)
  const most = Math.max(limits.anySourceLinks, Math.ceil(linkCount * limits.shareOfLinks))
  const counted = clicks.filter(({ hit }) => (hit.linkIndex ?? -1) !== honeypotLink)
  if (linkCount > 0) mark(counted, limits.shareSeconds, most)

  for (const key of [prefixKey, agentKey]) {
    for (const open of opensBefore(clicks, opens, marked, key, limits)) marked.add(open)
  }
  return marked
}

/** Rule 12: the same link again and again; all but the first. */
export function repeatedHits(clicks: readonly Sourced[], limits: Limits) {
  const repeated = new Set<Hit>()
  for (const group of groupsBy(clicks, ({ hit }) => String(hit.linkIndex))) {
    const windows = crowded(group, limits.repeatSeconds, limits.repeatClicks, ({ hit }) => hit)
    const together = new Set(windows)
    group.forEach((click, i) => {
      const before = group[i - 1]
      const follows = before && together.has(before) && within(before, click, limits.repeatSeconds)
      if (together.has(click) && follows) repeated.add(click.hit)
    })
  }
  return repeated
}

/** Rule 13: one network at the messages of several people of one company. */
export function gatewayHits(
  hits: readonly Sourced[],
  neighbours: readonly Neighbour[],
  limits: Limits,
) {
  const marked = new Set<Hit>()
  if (neighbours.length === 0) return marked
  const own = hits.map(({ hit, prefix }) => ({ at: hit.at, prefix, message: '', hit }))
  const others = neighbours.map(({ at, prefix, messageId }) => ({
    at,
    prefix,
    message: messageId,
    hit: null,
  }))
  const all = [...own, ...others].sort((a, b) => +a.at - +b.at)
  for (const group of groupsBy(all, (each) => each.prefix)) {
    const windows = crowded(
      group,
      limits.gatewaySeconds,
      limits.gatewayMessages,
      (each) => each.message,
    )
    for (const each of windows) if (each.hit) marked.add(each.hit)
  }
  return marked
}

function within(earlier: Sourced, later: Sourced, seconds: number) {
  return +later.hit.at - +earlier.hit.at <= seconds * 1000
}

function opensBefore(
  clicks: readonly Sourced[],
  opens: readonly Sourced[],
  marked: ReadonlySet<Hit>,
  key: (each: Sourced) => string | null,
  limits: Limits,
): Hit[] {
  const times = new Map<string, number[]>()
  for (const click of clicks) {
    const source = key(click)
    if (source === null || !marked.has(click.hit)) continue
    const list = times.get(source) ?? []
    times.set(source, list)
    list.push(+click.hit.at)
  }
  return opens
    .filter((open) => {
      const at = +open.hit.at
      const next = times.get(key(open) ?? '')?.find((click) => click >= at)
      return next !== undefined && next - at <= limits.foldBackSeconds * 1000
    })
    .map((open) => open.hit)
}

function prefixKey(each: Sourced) {
  return each.prefix
}

function agentKey(each: Sourced) {
  return each.hit.userAgent || null
}

function groupsBy<T>(items: readonly T[], key: (item: T) => string | null): T[][] {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const name = key(item)
    if (name === null) continue
    const group = groups.get(name)
    if (group) group.push(item)
    else groups.set(name, [item])
  }
  return [...groups.values()]
}

/**
 * Every item that lies in some window of `seconds` (both ends included) with at least
 * `least` different keys. Items are in time order; each is looked at twice.
 */
function crowded<T extends { at: Date } | Sourced>(
  items: readonly T[],
  seconds: number,
  least: number,
  key: (item: T) => unknown,
): T[] {
  const found: T[] = []
  const counts = new Map<unknown, number>()
  let start = 0
  let done = 0
  items.forEach((item, end) => {
    counts.set(key(item), (counts.get(key(item)) ?? 0) + 1)
    for (; timeOf(item) - timeOf(items[start]!) > seconds * 1000; start++) {
      const leaving = key(items[start]!)
      const left = counts.get(leaving)! - 1
      if (left === 0) counts.delete(leaving)
      else counts.set(leaving, left)
    }
    if (counts.size < least) return
    for (let i = Math.max(start, done); i <= end; i++) found.push(items[i]!)
    done = end + 1
  })
  return found
}

function timeOf(item: { at: Date } | Sourced): number {
  return 'at' in item ? +item.at : +item.hit.at
}
