import assert from 'node:assert/strict'
import { test } from 'node:test'
import { senderHealth } from './senderHealth.ts'
import type { SenderFigures } from './store/health.ts'

const now = new Date('2026-03-01T12:00:00Z')
const well: SenderFigures = {
  ...{ senderId: 's', sent: 100, failed: 0, p95Ms: 800, waiting: 3 },
  ...{ lastSentAt: now, oldestDueAt: now },
}
const late = new Date(+now - 4 * 60_000)

const cases: readonly [string, Partial<SenderFigures>, 'good' | 'watch' | 'bad', RegExp][] = [
  ['sends', {}, 'good', /^0 of the last 100/],
  ['did nothing', { sent: 0, waiting: 0 }, 'good', /^Nothing was sent/],
  ['fails sometimes', { failed: 10 }, 'watch', /^10 of the last 110 messages failed: 9 %/],
  ['fails often', { failed: 50 }, 'bad', /^50 of the last 150 messages failed: 33 %/],
  ['failed once of two', { sent: 1, failed: 1 }, 'good', /^1 of the last 2/],
  ['is behind', { oldestDueAt: late }, 'watch', /3 messages wait, the oldest for 4 minutes/],
  ['is slow', { p95Ms: 90_000 }, 'watch', /takes 90 s/],
]
for (const [name, changed, level, rule] of cases)
  test(`a sender that ${name} is ${level}, and the rule says why`, () => {
    const health = senderHealth({ ...well, ...changed }, now)
    assert.equal(health.level, level)
    assert.match(health.rule, rule)
  })
