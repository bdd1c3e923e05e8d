import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { testJourneys } from '../../test/helpers/journeys.ts'
import { inWorkspace } from '../db/db.ts'
import { findMessage } from '../messages/store/read.ts'
import { system } from '../workspaces/audit/audit.ts'
import { enableJourney, pauseJourney } from './enable.ts'
import { cancelRun, holdRunByHand, releaseRunByHand } from './runs.ts'

const database = await testDatabase()
const { clock, db } = database
const world = await testJourneys(database)
const { engine, workspaceId } = world
const authorship = () => ({ actor: system, now: clock.now() })
const by = () => ({ now: clock.now() })
const inside = <T>(work: Parameters<typeof inWorkspace<T>>[2]) => inWorkspace(db, workspaceId, work)

/** A journey with a run whose first message has not gone yet. */
async function sent(more: object = {}) {
  const name = `j.${crypto.randomUUID()}`
  const journey = await world.add({
    name,
    trigger: { events: [name] },
    steps: [
      { id: 'note', type: 'send', channel: 'email', content: { subject: 's', text: 't' }, ...more },
      { id: 'day', type: 'wait', hours: 24 },
    ],
  })
  const contactId = await world.addContact(name, 'Ada', `${name}@example.org`)
  await world.record(name, { contactId })
  await engine.runOnce()
  const [run] = await world.runs(journey)
  assert.ok(run)
  const { message_id: id } = run.results['note'] as { message_id: string } // written by the step
  const message = async () => {
    const row = await findMessage(db.engine, workspaceId, id)
    return [row?.status, row?.reason]
  }
  const pause = () => inside((tx) => pauseJourney(tx, workspaceId, { ref: name }, authorship()))
  const enable = () => inside((tx) => enableJourney(tx, workspaceId, name, authorship()))
  return { journey, runId: run.id, contactId, message, id, pause, enable }
}

test('a paused journey holds its messages, and lets them go when it is enabled', async () => {
  const { message, pause, enable, id } = await sent()
  assert.deepEqual(await message(), ['queued', null])
  await pause()
  assert.deepEqual(await message(), ['held', 'journey_paused'])
  clock.forward({ hours: 24 * 10 })
  const row = await findMessage(db.engine, workspaceId, id)
  assert.ok(row && row.expiresAt > clock.now(), 'it does not expire meanwhile')
  await enable()
  assert.deepEqual(await message(), ['queued', null])
})

test('hold and pause are lifted each by its own', async () => {
  const { message, pause, enable, runId } = await sent()
  await inside((tx) => holdRunByHand(tx, workspaceId, runId, by()))
  assert.deepEqual(await message(), ['held', 'journey_held'])
  await pause()
  await enable()
  assert.deepEqual(await message(), ['held', 'journey_held'])
  await pause()
  await inside((tx) => releaseRunByHand(tx, workspaceId, runId, by()))
  assert.deepEqual(await message(), ['held', 'journey_paused'])
  await enable()
  assert.deepEqual(await message(), ['queued', null])
})

test('what ends a run ends its messages in every state, with the reason', async () => {
  const waiting = await sent({ window: { from: '23:58', until: '23:59' } })
  assert.deepEqual(await waiting.message(), ['held', 'window'])
  await world.record('message.replied', { contactId: waiting.contactId })
  await engine.runOnce()
  assert.deepEqual(await waiting.message(), ['cancelled', 'human_intervention'])
  const paused = await sent()
  await paused.pause()
  await inside((tx) => cancelRun(tx, workspaceId, paused.runId, by()))
  assert.deepEqual(await paused.message(), ['cancelled', 'journey_ended'])
  await paused.enable()
  assert.deepEqual(await paused.message(), ['cancelled', 'journey_ended'])
})
