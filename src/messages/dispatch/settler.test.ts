import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import pino from 'pino'
import { testDatabase } from '../../../test/helpers/database.ts'
import { testEngine } from '../../../test/helpers/engine.ts'
import { intend } from '../store/intend.ts'
import { findMessage } from '../store/read.ts'
import { createSettler, type Outcome } from './settler.ts'

const database = await testDatabase()
const { db } = database
const engine = await testEngine(database, { start: false })
const { workspaceId } = engine
const now = db.clock.now()
const settler = createSettler({
  ...{ db, log: pino({ level: 'silent' }) },
  ...{ stopped: new AbortController().signal, onSettled: () => {} },
})

async function sending() {
  const id = await engine.accept({ channel: 'slack', message: 'Once.' })
  const row = await findMessage(db.engine, workspaceId, id)
  assert.ok(row)
  const lease = { id: randomUUID(), processId: randomUUID(), now, until: new Date(+now + 30_000) }
  await intend(db.engine, [{ ...row, kind: null, addressHash: null }], lease)
  return { id, lease: lease.id }
}

const answer = (row: { id: string; lease: string }, more: Partial<Outcome> = {}): Outcome => ({
  ...{ ...row, workspaceId, status: 'sent', channel: 'slack', contactId: null, dueAt: null },
  ...{ reason: null, detail: null, providerMessageId: null, at: now, event: 'message.sent' },
  ...{ properties: {}, ...more },
})

test('half characters and zero bytes of a vendor are stored as what they are not', async () => {
  const row = await sending()
  const words = 'half \ud83d of it\0'
  const kept = await settler.add(answer(row, { detail: words, properties: { reply: words } }))
  assert.equal(kept, true)
  const [event] = await db.engine<{ properties: { reply: string } }[]>`
    select properties from events where message_id = ${row.id} and name = 'message.sent'
  `
  assert.equal(event?.properties.reply, 'half \ufffd of it\ufffd')
})

test('a row that cannot be stored does not keep the others from being settled', async () => {
  const rows = await Promise.all([sending(), sending(), sending()])
  const kept = await Promise.all(
    rows.map((row, at) => settler.add(answer(row, at === 1 ? { contactId: 'nobody' } : {}))),
  )
  assert.deepEqual(kept, [true, false, true])
})
