import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../../test/helpers/database.ts'
import { testEngine } from '../../../test/helpers/engine.ts'
import { listMessageEvents } from '../../events/store.ts'

const database = await testDatabase()
const engine = await testEngine(database)
const { db } = database

async function settled(id: string) {
  return engine.waiting.settled(engine.workspaceId, id, 5_000)
}

test('a message to the sandbox is sent and delivered, and its timeline says so', async () => {
  const id = await engine.accept({
    channel: 'email',
    recipient_id: 'ada',
    to: 'ada@example.com',
    subject: 'Hello',
    message: 'Hi Ada',
  })
  await settled(id)
  const row = await settled(id)
  assert.ok(row)
  assert.match(row.status, /sent|delivered/)
  const names = (await listMessageEvents(db.engine, engine.workspaceId, id)).map(
    (event) => event.name,
  )
  assert.ok(names.includes('message.sent'), names.join())
})

test('documents’ own example without an address is accepted by the sandbox', async () => {
  const id = await engine.accept({
    recipient_id: 'customer_123',
    channel: 'email',
    subject: 'Appointment Reminder',
    message: 'Your appointment is scheduled for tomorrow at 2:00 PM.',
    priority: 'normal',
    category: 'appointments',
  })
  assert.match((await settled(id))?.status ?? '', /sent|delivered/)
})
