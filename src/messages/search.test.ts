/** Searching messages: by whom, by when, and a rare match among many, page by page. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { testEngine } from '../../test/helpers/engine.ts'
import { inWorkspace } from '../db/db.ts'
import { createTemplate } from '../templates/createTemplate.ts'
import { system } from '../workspaces/audit/audit.ts'
import { exportMessages } from './exportMessages.ts'
import { type Search, searchMessages } from './search.ts'

const database = await testDatabase()
const engine = await testEngine(database, { start: false })
const { db, clock } = database

const nothing: Search = {
  ...{ status: null, channel: null, recipientId: null, topic: null, priority: null, from: null },
  ...{ to: null, text: null, before: null, limit: 3 },
}
const search = (filter: Partial<Search>) =>
  inWorkspace(db, engine.workspaceId, (tx) =>
    searchMessages(tx, engine.workspaceId, { ...nothing, ...filter }),
  )
const idsOf = async (filter: Partial<Search>) => (await search(filter)).rows.map(({ id }) => id)
const send = (recipient_id: string, more: object = {}) =>
  engine.accept({ recipient_id, channel: 'in_app', message: 'Hello', ...more })

test('a part of an address or of an id finds the messages of who has it, the newest first', async () => {
  const mail = { channel: 'email', subject: 'Hello' }
  const first = await send('zoe-1', { ...mail, to: 'Zoe.Sample@example.com' })
  const second = await send('zoe-1')
  await send('yan-2', { ...mail, to: 'yan@example.com' })
  assert.deepEqual(await idsOf({ text: 'e.SAMPLE' }), [second, first])
  assert.deepEqual(await idsOf({ text: 'zoe' }), [second, first])
  assert.deepEqual(await idsOf({ text: 'zoe', channel: 'email' }), [first])
  assert.deepEqual(await idsOf({ text: 'zoe', before: second }), [first])
  assert.deepEqual(await idsOf({ text: 'nobody' }), [])
})

test('an address that nobody has any more finds what went to it', async () => {
  const id = await send('moved', { channel: 'email', subject: 'Hello', to: 'former@example.com' })
  await database.db
    .engine`update contact_addresses set address = 'new@example.com' where address = 'former@example.com'`
  assert.deepEqual(await idsOf({ text: 'former@' }), [id])
})

test('a name finds its messages, and an id the message', async () => {
  const first = await send('named-1')
  const second = await send('named-1', { channel: 'email', subject: 'Hello', to: 'q@example.com' })
  await database.db.engine`
    update contacts set name = 'Quentin Specimen'
    where id = (select contact_id from messages where id = ${first})
  `
  assert.deepEqual(await idsOf({ text: 'quentin s' }), [second, first])
  assert.deepEqual(await idsOf({ text: 'quentin s', channel: 'email' }), [second])
  assert.deepEqual(await idsOf({ text: first }), [first])
  assert.deepEqual(await idsOf({ text: first, channel: 'email' }), [])
})

test('words of a subject find what was given with a message and what its template says', async () => {
  const mail = { channel: 'email', to: 'reader@example.com' }
  const given = await send('reader', { ...mail, subject: 'Ihre RECHNUNG für März' })
  const hebrew = await send('reader', { ...mail, subject: 'שלום, החשבון שלך' })
  const contents = {
    defaultLocale: 'en',
    byLocale: {
      en: { subject: 'Your invoice, {{ name }}', text: 'Here.' },
      de: { subject: 'Deine Rechnung, {{ name }}', text: 'Hier.' },
    },
  }
  const { id: template_id } = await inWorkspace(db, engine.workspaceId, (tx) =>
    createTemplate(
      tx,
      engine.workspaceId,
      { name: 'invoice', channel: 'email', contents },
      { actor: system, now: clock.now() },
    ),
  )
  const byTemplate = await engine.accept({
    ...{ recipient_id: 'reader', ...mail, template_id, template_variables: { name: 'Ada' } },
  })
  assert.deepEqual(await idsOf({ subject: 'rechn' }), [byTemplate, given])
  assert.deepEqual(await idsOf({ subject: ' märz  rechnung ' }), [given])
  assert.deepEqual(await idsOf({ subject: 'INVOICE' }), [byTemplate])
  assert.deepEqual(await idsOf({ subject: 'חשבון' }), [hebrew])
  assert.deepEqual(await idsOf({ subject: 'invoice', recipientId: 'reader' }), [byTemplate])
  assert.deepEqual(await idsOf({ subject: 'rechn', before: byTemplate }), [given])
  assert.deepEqual(await idsOf({ subject: 'rechn%' }), [])
})

test('what one provider sent is a list of its own', async () => {
  const id = await send('sandboxed')
  assert.equal((await idsOf({ provider: 'sandbox', limit: 1 }))[0], id)
  assert.deepEqual(await idsOf({ provider: 'smtp' }), [])
})

test('a contact’s messages are found by our own id of it too: not every contact has another', async () => {
  const id = await send('ours-1')
  const [{ contactId } = { contactId: null }] = (await search({ recipientId: 'ours-1' })).rows
  assert.deepEqual(await idsOf({ recipientId: contactId }), [id])
})

test('a stretch of time has its own messages only', async () => {
  await send('time-1')
  clock.forward({ days: 2 })
  const from = clock.now()
  const inside = await send('time-1')
  clock.forward({ hours: 5 })
  const after = await send('time-1')
  const to = new Date(+from + 60_000)
  assert.deepEqual(await idsOf({ from, to }), [inside])
  assert.deepEqual(await idsOf({ from }), [after, inside])
})

test('a list becomes a file, page by page, that no spreadsheet runs', async () => {
  const ids: string[] = []
  for (let n = 0; n < 3; n++) ids.push(await send('file-1', { category: '=file', metadata: { n } }))
  const { status: _, ...rest } = nothing
  const filter = { ...rest, status: null, topic: '=file' }
  const [head, ...lines] = (await Array.fromAsync(exportMessages(db, engine.workspaceId, filter)))
    .join('')
    .trim()
    .split('\r\n')
  assert.match(head ?? '', /^id,created_at,sent_at,status,/)
  assert.deepEqual(
    lines.map((line) => line.slice(0, 36)),
    ids.reverse(),
  )
  assert.match(lines[0] ?? '', /,file-1,"'=file",normal,/)
})

test('a sender has its own messages', async () => {
  const id = await send('by-sender')
  const [{ senderId } = { senderId: '' }] = (await search({ recipientId: 'by-sender' })).rows
  assert.deepEqual(await idsOf({ recipientId: 'by-sender', senderId }), [id])
  assert.deepEqual(await idsOf({ recipientId: 'by-sender', senderId: engine.workspaceId }), [])
})

test('a rare match among many is found, though a page may be short and say where to go on', async () => {
  const rare = await send('rare-1', { priority: 'urgent', category: 'rare' })
  await db.engine`
    insert into messages (workspace_id, id, channel, status, priority, kind, topic, sender_id, due_at, expires_at, created_at)
    select workspace_id, uuidv7(created_at - now() + interval '1 day' + n * interval '1 millisecond'), channel, 'delivered', 1, kind, 'common', sender_id, due_at, expires_at, created_at
    from messages cross join generate_series(1, 50001) n where id = ${rare}
  `
  const first = await search({ topic: 'rare' })
  assert.equal(first.rows.length, 0)
  assert.ok(first.stoppedAt, 'it stopped on the way')
  const second = await search({ topic: 'rare', before: first.stoppedAt })
  assert.deepEqual(
    second.rows.map(({ id }) => id),
    [rare],
  )
  assert.equal(second.stoppedAt, null, 'that was all')
  assert.equal((await search({ topic: 'common' })).rows.length, 3)
  assert.equal((await search({})).stoppedAt, null, 'without a filter every message is one')
})
