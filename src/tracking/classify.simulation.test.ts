import assert from 'node:assert/strict'
import { test } from 'node:test'
import { classify } from './classify.ts'
import type { Hit } from './hits.ts'

/*
 * Scanners and people as measured elsewhere, played against the rules. Scanners: when
 * their burst of clicks comes after delivery (836 bursts), an open 33 s before it, every
 * link within a second. People: the first click at a median of three hours, one message
 * in about 300 with two links within 5 s. Nobody here can be known by agent or network:
 * all use the same browsers from unlisted addresses, so only behaviour is judged.
 */

const SEED = 20261102
const MESSAGES = 20_000
const BURST_AFTER: [share: number, from: number, to: number][] = [
  [0.005, 0, 10],
  [0.022, 10, 20],
  [0.664, 20, 60],
  [0.283, 60, 300],
  [0.019, 300, 1800],
  [0.007, 1800, 86_400],
]
const SINGLE_LINK = 0.02 // messages with one link, whose scan looks like one click
const LINKS = 11 // at most one more than this
const TWO_AT_ONCE = 0.003
const AGENTS = Array.from(
  { length: 40 },
  (_, i) => `Mozilla/5.0 (Windows NT 10.0) Chrome/1${100 + i}.0.0.0`,
)

const SPREAD = 1.5 // only the median is published; this puts 1 % of first clicks into the first 5 minutes

/** mulberry32: small, seeded, good enough to play dice. */
function random(seed: number) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const next = random(SEED)
const between = (from: number, to: number) => from + next() * (to - from)
const pick = <T>(items: readonly T[]) => items[Math.floor(next() * items.length)]!
const address = () => `10.${Math.floor(between(0, 256))}.${Math.floor(between(0, 256))}.7`
const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
const lognormal = (median: number, spread: number) => median * Math.exp(spread * normal())

function hit(
  kind: Hit['kind'],
  seconds: number,
  link: number | null,
  ip: string,
  userAgent: string,
): Hit {
  const at = new Date(Math.round(seconds * 1000))
  return { id: '', kind, at, linkIndex: link, ip, userAgent, method: 'GET', purpose: null }
}

function scannerVisit(links: number): Hit[] {
  const dice = next()
  let reached = 0
  const found = BURST_AFTER.find(([share]) => {
    reached += share
    return dice < reached
  })
  const [, from, to] = found ?? BURST_AFTER[2]!
  const start = between(from, to)
  const [ip, agent] = [address(), pick(AGENTS)]
  const open = hit('open', Math.max(0.5, start - 33), null, ip, agent)
  const clicks = Array.from({ length: links }, (_, link) =>
    hit('click', start + next(), link, ip, agent),
  )
  return [open, ...clicks]
}

function personVisit(links: number): Hit[] {
  const [ip, agent] = [address(), pick(AGENTS)]
  let at = Math.max(5, lognormal(3 * 3600, SPREAD))
  const hits = [hit('open', at - 4, null, ip, agent)]
  const clicks = next() < 0.8 ? 1 : next() < 0.75 ? 2 : 3
  const order = Array.from({ length: links }, (_, link) => link).sort(() => next() - 0.5)
  for (const link of order.slice(0, clicks)) {
    hits.push(hit('click', at, link, ip, agent))
    at += next() < TWO_AT_ONCE / 0.2 ? between(1, 5) : Math.max(5.1, lognormal(90, 0.8))
  }
  return hits
}

test('behaviour alone finds 97 % of scanner clicks and loses 0.5 % of the people who click', (t) => {
  const count = { scanned: 0, found: 0, people: 0, lost: 0 }
  for (let i = 0; i < MESSAGES; i++) {
    const links = next() < SINGLE_LINK ? 1 : 2 + Math.floor(next() * LINKS)
    const scan = next() < 0.5 ? scannerVisit(links) : []
    const visit = next() < 0.5 ? personVisit(links) : []
    const hits = [...scan, ...visit]
    const context = {
      sentAt: new Date(0),
      deliveredAt: new Date(0),
      linkCount: links,
      companyDomain: true,
    }
    const results = classify(hits, context)
    const clicks = results.filter((_, j) => hits[j]!.kind === 'click' && j < scan.length)
    count.scanned += clicks.length
    count.found += clicks.filter((each) => each.class !== 'human').length
    if (visit.length === 0) continue
    // A person is lost when none of their clicks counts: then the person did not click.
    count.people++
    const seen = results.some((each, j) => j > scan.length && each.class === 'human')
    if (!seen) count.lost++
  }
  const recall = count.found / count.scanned
  const loss = count.lost / count.people
  t.diagnostic(`seed ${SEED}, ${count.scanned} scanner clicks, ${count.people} people who click`)
  t.diagnostic(`recall ${(100 * recall).toFixed(2)} %, loss ${(100 * loss).toFixed(2)} %`)
  assert.ok(recall >= 0.97, `recall ${recall}`)
  assert.ok(loss <= 0.005, `loss ${loss}`)
})
