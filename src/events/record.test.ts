import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { addWorkspace } from '../../test/helpers/workspace.ts'
import { inWorkspace } from '../db/db.ts'
import { uuid7 } from '../lib/uuid7.ts'
import { bumpCounts, type EventInput, recordEvents } from './record.ts'
import { listMessageEvents } from './store.ts'

const world = await testDatabase()
const { db, clock } = world
const engines = await addWorkspace(world, 'analytical-engines')
const looms = await addWorkspace(world, 'looms')

function event(overrides: Partial<EventInput>): EventInput {
  return {
    workspaceId: engines,
    name: 'message.opened',
    contactId: null,
    messageId: null,
    at: clock.now(),
    source: 'test',
    properties: {},
    ...overrides,
  }
}

const total = async (metric: string) => {
  const [row] =
    await db.engine`select coalesce(sum(n), 0)::int as n from counts where metric = ${metric}`
  return row?.['n']
}

test('events of several workspaces are recorded together, and each sees its own', async () => {
  const messageId = uuid7()
  const properties = { first_key: 1, בתוך: ['א', null] }
  const recorded = await recordEvents(
    db.engine,
    [event({ messageId, properties }), event({ workspaceId: looms, messageId })],
    clock.now(),
  )
  assert.equal(recorded.length, 2)
  const seen = await inWorkspace(db, engines, (tx) => listMessageEvents(tx, engines, messageId))
  assert.deepEqual(
    seen.map((each) => [each.id, each.properties]),
    [[recorded[0]!.id, properties]],
  )
})

test('an event with a known key is dropped and counts nothing', async () => {
  const count = { channel: 'email', metric: 'dropped' }
  const one = event({ key: 'k1', count })
  assert.equal((await recordEvents(db.engine, [one, one, event({ count })], clock.now())).length, 2)
  assert.equal((await recordEvents(db.engine, [one], clock.now())).length, 0)
  assert.equal(
    (await recordEvents(db.engine, [event({ key: 'k1', source: 'other' })], clock.now())).length,
    1,
  )
  assert.equal(await total('dropped'), 2)
})

test('the same keys told by several at once count once', async () => {
  const events = Array.from({ length: 100 }, (_, n) =>
    event({ key: `race-${n}`, count: { channel: n % 2 ? 'sms' : 'email', metric: 'raced' } }),
  )
  const answers = await Promise.all(
    [events, events.toReversed(), events, events.toReversed()].map((each) =>
      recordEvents(db.engine, each, clock.now()),
    ),
  )
  assert.equal(answers.flat().length, 100)
  assert.equal(await total('raced'), 100)
})

test('counters belong to the hour in which it happened', async () => {
  const at = new Date('2026-03-01T23:59:59.999Z')
  await recordEvents(
    db.engine,
    [event({ at, count: { channel: 'email', metric: 'late' } })],
    clock.now(),
  )
  const row = { workspaceId: engines, at, channel: 'email', metric: 'late' }
  await bumpCounts(db.engine, [
    { ...row, n: 2 },
    { ...row, n: 3 },
    { ...row, at: clock.now(), n: 1 },
  ])
  const rows = await db.engine`select hour, n from counts where metric = 'late' order by hour`
  assert.deepEqual(
    rows.map((each) => [each['hour'].toISOString(), each['n']]),
    [
      ['2026-03-01T23:00:00.000Z', 6],
      ['2026-03-02T10:00:00.000Z', 1],
    ],
  )
})

test('when the transaction fails, neither the key nor the count stays', async () => {
  const one = event({ key: 'undone', count: { channel: 'email', metric: 'undone' } })
  const failing = db.engine.begin(async (tx) => {
    await recordEvents(tx, [one], clock.now())
    throw new Error('on purpose')
  })
  await assert.rejects(failing, /on purpose/)
  assert.equal(await total('undone'), 0)
  assert.equal((await recordEvents(db.engine, [one], clock.now())).length, 1)
})
