import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { testEngine } from '../../test/helpers/engine.ts'
import { inWorkspace } from '../db/db.ts'
import { holdRestored, releaseRestored } from './restored.ts'

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
  assert.deepEqual(found, { held: 2, unknown: 1 })
  assert.deepEqual(await Promise.all([due, claimed, going, later].map((id) => status(id))), [
    'held',
    'held',
    'unknown',
    'scheduled',
  ])
  assert.deepEqual(
    await holdRestored(address, clock.now()),
    { held: 0, unknown: 0 },
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
