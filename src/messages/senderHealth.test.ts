import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { testEngine } from '../../test/helpers/engine.ts'
import { until } from '../../test/helpers/until.ts'
import { inWorkspace } from '../db/db.ts'
import { uuid7Floor } from '../lib/uuid7.ts'
import { senderHealth } from './senderHealth.ts'
import { type SenderFigures, senderFigures } from './store/health.ts'

const database = await testDatabase()
const engine = await testEngine(database, { start: false })
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

const send = (more: object) =>
  engine.accept({ recipient_id: 'u-1', channel: 'in_app', message: 'Hello', ...more })
const figuresSince = (from: Date) =>
  inWorkspace(database.db, engine.workspaceId, (tx) =>
    senderFigures(tx, engine.workspaceId, {
      ...{ from, now: database.clock.now(), since: uuid7Floor(0), most: 100 },
    }),
  )

test('what is due of every priority waits, the oldest first; what is for later does not', async () => {
  const begun = database.clock.now()
  await send({ priority: 'low' })
  await send({ priority: 'urgent' })
  await send({ scheduled_at: new Date(+begun + 3_600_000).toISOString() })
  database.clock.forward({ minutes: 3 })
  const [figures, ...more] = await figuresSince(begun)
  assert.deepEqual([figures?.waiting, figures?.oldestDueAt, figures?.sent], [2, begun, 0])
  assert.deepEqual(more, [])

  await engine.engine.start()
  const sent = await until('both sent', async () => {
    const [each] = await figuresSince(begun)
    return each?.sent === 2 && each
  })
  assert.equal(sent.p95Ms, 3 * 60_000, 'from due to sent')
})
