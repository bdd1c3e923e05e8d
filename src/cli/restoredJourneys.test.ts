/** Journeys over a database that was restored: nothing that was done since the backup is done again. */
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { testJourneys } from '../../test/helpers/journeys.ts'
import { inWorkspace } from '../db/db.ts'
import { recordEvents } from '../events/record.ts'
import { countHeld } from '../journeys/restored.store.ts'
import { type Fate, holdRestored, settleBeginnings } from './restored.ts'

const database = await testDatabase()
const { address, clock, db } = database
const world = await testJourneys(database)
const { engine, workspaceId } = world
const out = { id: 'out', type: 'exit', reason: 'went' }
const onLead = (more: object = {}) => ({
  name: crypto.randomUUID(),
  trigger: { events: ['test.lead'], contact: 'none' },
  steps: [out],
  ...more,
})
const settle = (fate: Fate) =>
  inWorkspace(db, workspaceId, (tx) => settleBeginnings(tx, workspaceId, fate, clock.now()))
const restore = () => holdRestored(address, clock.now())
const held = async () => {
  const { schedules, events } = await countHeld(db.engine, workspaceId)
  return { schedules, events }
}
const begun = async (id: string) => (await world.runs(id)).length

beforeEach(async () => {
  await db.engine`update journeys set status = 'archived', next_at = null, missed_at = null`
  await db.engine`delete from event_interests`
  await db.engine`delete from event_queue`
  await db.engine`update workspaces set restored_at = null`
})

test('events that nobody had reacted to begin nothing until they are let, and then once', async () => {
  const id = await world.add(onLead())
  await world.record('test.lead', {})
  clock.forward({ hours: 1 })
  assert.equal((await restore()).events, 1)
  await engine.runOnce()
  await (await world.another()).runOnce()
  assert.equal(await begun(id), 0)
  assert.deepEqual(await held(), { schedules: 0, events: 1 })
  await settle('release')
  await engine.runOnce()
  await engine.runOnce()
  assert.equal(await begun(id), 1)
  assert.deepEqual(await held(), { schedules: 0, events: 0 })
})

test('what a pull with the cursor of the backup tells again is held; what happened since is not', async () => {
  const id = await world.add(onLead())
  const before = clock.now()
  clock.forward({ hours: 1 })
  await restore()
  clock.forward({ minutes: 1 })
  const lead = { workspaceId, name: 'test.lead', contactId: null, messageId: null, source: 'crm' }
  const told = [
    { ...lead, at: before, properties: {}, key: 'lead/1' },
    { ...lead, at: clock.now(), properties: {}, key: 'lead/2' },
  ]
  await recordEvents(db.engine, told, clock.now())
  await recordEvents(db.engine, told, clock.now())
  await engine.runOnce()
  assert.equal(await begun(id), 1)
  assert.deepEqual(await held(), { schedules: 0, events: 1 })
  await settle('drop')
  await engine.runOnce()
  assert.equal(await begun(id), 1)
  assert.deepEqual(await held(), { schedules: 0, events: 0 })

  clock.forward({ days: 31 })
  await recordEvents(db.engine, [{ ...told[0]!, key: 'lead/3' }], clock.now())
  await engine.runOnce()
  assert.equal(await begun(id), 2, 'a month later what is late is only late')
})

test('a held event ends a run that is to end by it, and lets none go on', async () => {
  const contactId = await world.addContact('lead', 'Dana', 'dana@example.com')
  const waiting = { id: 'reply', type: 'wait_for', event: 'test.reply', for: { hours: 50 } }
  const trigger = { events: ['test.lead'] }
  const stops = onLead({
    trigger,
    exit_on: [{ event: 'test.reply', reason: 'answered' }],
    steps: [{ id: 'pause', type: 'wait', hours: 50 }, out],
  })
  const ending = await world.add(stops)
  const going = await world.add(onLead({ trigger, steps: [waiting, out] }))
  await world.record('test.lead', { contactId })
  await engine.runOnce()
  clock.forward({ hours: 1 })
  await world.record('test.reply', { contactId })
  clock.forward({ hours: 1 })
  assert.deepEqual(
    { ...(await restore()), unknown: 0 },
    { held: 0, unknown: 0, runs: 0, schedules: 0, events: 1 },
  )
  await engine.runOnce()
  assert.equal((await world.runs(ending))[0]?.exitReason, 'answered')
  assert.equal((await world.runs(going))[0]?.status, 'waiting')
  await settle('release')
  await engine.runOnce()
  assert.equal((await world.runs(going))[0]?.exitReason, 'went')
})

test('a time of a schedule that passed begins no run by itself, the next one does', async () => {
  const hourly = { name: crypto.randomUUID(), trigger: { schedule: { every_minutes: 60 } } }
  const id = await world.add({ ...hourly, steps: [out] })
  await engine.runOnce()
  clock.forward({ hours: 3 })
  assert.equal((await restore()).schedules, 1)
  assert.equal((await restore()).schedules, 0, 'twice is once')
  await engine.runOnce()
  assert.equal(await begun(id), 0)
  assert.deepEqual(await held(), { schedules: 1, events: 0 })
  clock.forward({ hours: 1 })
  await engine.runOnce()
  assert.equal(await begun(id), 1)
  assert.deepEqual(await settle('release'), { schedules: 1, events: 0 })
  await engine.runOnce()
  assert.equal(await begun(id), 2)
  clock.forward({ hours: 1 })
  await engine.runOnce()
  assert.equal(await begun(id), 3, 'it goes on by its clock')
  assert.deepEqual(await held(), { schedules: 0, events: 0 })
})
