import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HitClass } from '../hits.ts'
import { type Counted, changes, nothing, tally, together } from './tally.ts'

const row = (kind: 'open' | 'click', at: string, judged: HitClass = 'human'): Counted => ({
  kind,
  at: new Date(`2026-11-21T${at}:00Z`),
  class: judged,
})

const byMetric = (found: readonly { metric: string; n: number }[]) =>
  Object.fromEntries(found.map(({ metric, n }) => [metric, n]))

test('first hits count, and again with nothing new nothing does', () => {
  const rows = [row('open', '10:05'), row('open', '10:50', 'machine'), row('click', '10:59')]
  const first = changes(nothing, tally(rows), [], rows)
  assert.deepEqual(byMetric(first), {
    ...{ opened: 2, opened_human: 1, opened_unique: 1, opened_unique_human: 1 },
    ...{ clicked: 1, clicked_human: 1, clicked_unique: 1, clicked_unique_human: 1 },
  })
  assert.deepEqual(changes(tally(rows), tally(rows), rows, rows), [])
})

test('a new class corrects the hour in which it was counted', () => {
  const [early, late] = [row('open', '10:59'), row('open', '11:01')]
  const judged = { ...early, class: 'machine' } as const
  const [before, after] = [
    [early, late],
    [judged, late],
  ]
  const found = changes(tally(before), tally(after), before, after)
  const told = found.map(({ metric, at, n }) => [metric, at.getUTCHours(), n]).sort()
  assert.deepEqual(told, [
    ['opened_human', 10, -1],
    ['opened_unique_human', 10, -1],
    ['opened_unique_human', 11, 1],
  ])
})

test('many messages are one change for each counter, and what cancels out is none', () => {
  const at = (hour: number) => new Date(Date.UTC(2026, 10, 21, hour, 30))
  const change = (channel: string, metric: string, hour: number, n: number) => ({
    ...{ channel, metric, n },
    at: at(hour),
  })
  const all = [
    change('email', 'opened', 10, 1),
    change('email', 'opened', 10, 1),
    change('email', 'opened', 11, 1),
    change('sms', 'opened', 10, 1),
    change('email', 'clicked', 10, 1),
    change('email', 'clicked', 10, -1),
  ]
  const told = together(all).map(({ channel, metric, at: when, n }) => [
    ...[channel, metric],
    ...[when.getUTCHours(), n],
  ])
  assert.deepEqual(told, [
    ['email', 'opened', 10, 2],
    ['email', 'opened', 11, 1],
    ['sms', 'opened', 10, 1],
  ])
})
