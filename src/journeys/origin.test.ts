/** Why somebody got a message. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { testJourneys } from '../../test/helpers/journeys.ts'
import { inWorkspace } from '../db/db.ts'
import { resend } from '../messages/resend.ts'
import { findOrigin } from './origin.store.ts'

const database = await testDatabase()
const { clock, db } = database
const world = await testJourneys(database)
const { engine, workspaceId } = world
const originOf = (id: string) =>
  inWorkspace(db, workspaceId, (tx) => findOrigin(tx, workspaceId, id))

test('a message of a run says which step of which journey sent it, and so do its copy and that one’s', async () => {
  const journey = await world.add({
    name: 'greets',
    title: 'Greets who joins',
    trigger: { events: ['joined'] },
    steps: [{ id: 'note', type: 'send', channel: 'email', content: { subject: 's', text: 't' } }],
  })
  const contactId = await world.addContact('joined', 'Ada', 'ada@example.org')
  await world.record('joined', { contactId })
  await engine.runOnce()
  const [run] = await world.runs(journey)
  assert.ok(run)
  const { message_id: id } = run.results['note'] as { message_id: string } // written by the step
  const { name: _, ...origin } = (await originOf(id)) ?? {}
  assert.deepEqual(origin, {
    ...{ journeyId: journey, title: 'Greets who joins', runId: run.id, step: 'note' },
  })
  await db.engine`update messages set status = 'sent' where id = ${id}`
  const copy = await inWorkspace(db, workspaceId, (tx) => resend(tx, workspaceId, id, clock.now()))
  assert.equal((await originOf(copy.id))?.step, 'note')
  const second = await inWorkspace(db, workspaceId, (tx) =>
    resend(tx, workspaceId, copy.id, clock.now()),
  )
  assert.equal((await originOf(second.id))?.runId, run.id)
})

test('nobody’s message has no origin', async () => {
  assert.equal(await originOf('01990000-0000-7000-8000-000000000000'), undefined)
})
