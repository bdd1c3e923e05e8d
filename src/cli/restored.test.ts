import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { testEngine } from '../../test/helpers/engine.ts'
import { inWorkspace } from '../db/db.ts'
import { uuid7 } from '../lib/uuid7.ts'
import { holdRestored, releaseRestored, settleRuns } from './restored.ts'

const database = await testDatabase()
const { db, clock, address } = database
const { accept, status, workspaceId } = await testEngine(database, { start: false })
const sms = (n: number, more: object = {}) =>
  accept({ channel: 'sms', to: `+97250123456${n}`, message: 'Hello', ...more })

test('of a restored database what was due is held, what was on its way unknown, what is for later stays', async () => {
  const due = await sms(1)
  const claimed = await sms(2)
  const going = await sms(3)
  const later = await sms(4, {
    scheduled_at: new Date(clock.now().getTime() + 3_600_000).toISOString(),
  })
  await db.engine`
    update messages set lease = gen_random_uuid(), due_at = ${clock.now()}::timestamptz + interval '30 s' where id = ${claimed}
  `
  await db.engine`
    update messages set status = 'sending', lease = gen_random_uuid() where id = ${going}
  `
  const found = await holdRestored(address, clock.now())
  assert.deepEqual(found, { held: 2, unknown: 1, runs: 0, schedules: 0, events: 0 })
  assert.deepEqual(await Promise.all([due, claimed, going, later].map((id) => status(id))), [
    'held',
    'held',
    'unknown',
    'scheduled',
  ])
  assert.deepEqual(
    await holdRestored(address, clock.now()),
    { held: 0, unknown: 0, runs: 0, schedules: 0, events: 0 },
    'twice is once',
  )

  const released = await inWorkspace(db, workspaceId, (tx) =>
    releaseRestored(tx, workspaceId, { channel: null, limit: 10 }, clock.now()),
  )
  assert.deepEqual(released.sort(), [due, claimed].sort())
  assert.equal(await status(due), 'queued')
  const events = await db.engine<{ name: string; messageId: string }[]>`
    select name, message_id from events where message_id = any(${[due, going]}::uuid[]) order by recorded_at, name
  `
  assert.deepEqual(
    events
      .filter((event) => event.messageId === due)
      .map(({ name }) => name)
      .sort(),
    ['message.held', 'message.requeued'],
  )
  assert.ok(events.some((event) => event.messageId === going && event.name === 'message.unknown'))
})

test('runs of journeys that were to go on are held as well, and go on when they are let', async () => {
  const journey = uuid7()
  const [due, calling, later] = [uuid7(), uuid7(), uuid7()]
  const now = clock.now()
  await db.engine`
    insert into journeys (workspace_id, id, name, status, version, origin, created_at, updated_at)
    values (${workspaceId}, ${journey}, 'welcome', 'active', 1, 'member', ${now}, ${now})
  `
  const run = (id: string, status: string, minutes: number, lease: string | null) => db.engine`
    insert into journey_runs (workspace_id, id, journey_id, version, key, status, step, due_at, lease, started_at)
    values (${workspaceId}, ${id}, ${journey}, 1, ${id}, ${status}, 'wait', ${new Date(+now + minutes * 60_000)}, ${lease}, ${now})
  `
  await run(due, 'waiting', -1, null)
  await run(calling, 'active', 1, uuid7())
  await run(later, 'waiting', 60, null)
  const statuses = async () => {
    const rows = await db.engine<{ status: string; lease: string | null }[]>`
      select status, lease from journey_runs where journey_id = ${journey} order by id
    `
    return rows.map((row) => (row.lease ? 'leased' : row.status))
  }
  assert.equal((await holdRestored(address, now)).runs, 2)
  assert.deepEqual(await statuses(), ['held', 'held', 'waiting'])
  const told = async () => {
    const rows = await db.engine<{ name: string; runId: string }[]>`
      select name, properties->>'run_id' as run_id from events
      where workspace_id = ${workspaceId} and name in ('journey.held', 'journey.released') order by name
    `
    return rows.map((row) => `${row.name} ${row.runId}`).sort()
  }
  assert.deepEqual(await told(), [due, calling].map((id) => `journey.held ${id}`).sort())
  await inWorkspace(db, workspaceId, (tx) =>
    settleRuns(tx, workspaceId, { fate: 'release', limit: 10 }, now),
  )
  assert.equal((await told()).length, 4)
  assert.deepEqual(await statuses(), ['active', 'active', 'waiting'])

  assert.equal((await holdRestored(address, now)).runs, 2)
  await inWorkspace(db, workspaceId, (tx) =>
    settleRuns(tx, workspaceId, { fate: 'drop', limit: 10 }, now),
  )
  assert.deepEqual(await statuses(), ['cancelled', 'cancelled', 'waiting'])
  const [row] =
    await db.engine`select from journey_runs where journey_id = ${journey} and attention`
  assert.equal(row, undefined, 'nobody is asked to look at what was dropped')
})
