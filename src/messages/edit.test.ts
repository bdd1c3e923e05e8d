/** Changing what a message says, before and after it has gone, against a real HTTP server. */
import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import pino from 'pino'
import { startFaultServer } from '../../test/fakes/startFaultServer.ts'
import { testDatabase } from '../../test/helpers/database.ts'
import { testEngine } from '../../test/helpers/engine.ts'
import { until } from '../../test/helpers/until.ts'
import { editMessage } from './edit.ts'
import { createEditor } from './editor.ts'
import { claimEdits, endEdit } from './store/edits.ts'

const database = await testDatabase()
const server = await startFaultServer()
const engine = await testEngine(database)
const editor = createEditor({
  ...{ db: database.db, log: pino({ level: 'silent' }) },
  ...{ directories: engine.directories, render: engine.render },
})
let name = ''
let n = 0
after(() => server.close())

const created = { do: 'reply', status: 200, body: '{"id":"1180000000000000001"}' } as const

beforeEach(async () => {
  name = `discord${++n}`
})

async function sendAlert(base: string): Promise<string> {
  const senderId = await engine.addSender({
    channel: 'discord',
    provider: 'discord',
    perSecond: 10, // the clock stands, and no bucket fills
    settings: {
      webhook_url: 'https://discord.com/api/webhooks/1/secret-token',
      base_url: `${base}/api/v10`,
    },
  })
  return engine.accept({ channel: 'discord', sender_id: senderId, message: 'opened once' })
}

/** And a second later, when the sender's pace allows another request. */
async function sent(id: string) {
  await until('the message to be sent', async () => (await engine.status(id)) === 'sent')
  database.clock.forward({ seconds: 1 })
}

const change = (text: string) => ({ content: { subject: null, html: null, text }, metadata: null })

const edit = (id: string, text: string) =>
  database.db.engine.begin((tx) =>
    editMessage(tx, engine.workspaceId, id, change(text), database.db.clock.now()),
  )

async function patches() {
  const requests = await server.received(name)
  return requests
    .filter(({ method }) => method === 'PATCH')
    .map(({ url, body }) => [url?.split('/').at(-1), JSON.parse(body).content])
}

test('a sent message is changed where it lies, and what it says is kept', async () => {
  const id = await sendAlert(await server.define(name, created))
  await sent(id)
  assert.equal(await edit(id, 'opened twice'), 'edited')
  await editor.runOnce()
  assert.deepEqual(await patches(), [['1180000000000000001', 'opened twice']])
  const [row] = await database.db.engine`
    select content ->> 'text' as text from message_contents where message_id = ${id}
  `
  assert.equal(row?.['text'], 'opened twice')
})

test('of many changes only the newest is sent', async () => {
  const id = await sendAlert(await server.define(name, created))
  await sent(id)
  for (const times of ['2', '3', '4']) await edit(id, times)
  await editor.runOnce()
  assert.deepEqual(await patches(), [['1180000000000000001', '4']])
})

test('a change that comes while another is on its way is due at once when that is done', async () => {
  const id = await sendAlert(await server.define(name, created))
  await sent(id)
  await edit(id, '2')
  const { engine: sql, clock } = database.db
  const now = clock.now()
  const [onItsWay] = await claimEdits(sql, now, new Date(+now + 60_000), 1)
  assert.ok(onItsWay)
  await edit(id, '3')
  assert.equal((await claimEdits(sql, now, new Date(+now + 60_000), 1)).length, 0)
  await endEdit(sql, onItsWay, clock.now())
  await editor.runOnce()
  assert.deepEqual(await patches(), [['1180000000000000001', '3']])
})

test('a message that has not gone says the new thing when it goes', async () => {
  await server.define(name, created)
  const id = await engine.accept({
    ...{ channel: 'discord', message: 'old' },
    scheduled_at: new Date(Date.now() + 3_600_000).toISOString(),
  })
  assert.equal(await edit(id, 'new'), 'replaced')
  const [row] = await database.db.engine`
    select content ->> 'text' as text from message_contents where message_id = ${id}
  `
  assert.equal(row?.['text'], 'new')
})

test('a busy vendor is asked again, and a deleted message is given up with a reason', async () => {
  const id = await sendAlert(await server.define(name, created))
  await sent(id)
  await edit(id, '2')
  const body = '{"message":"try later"}'
  await server.define(name, { do: 'reply', status: 503, body })
  await editor.runOnce()
  const [waiting] = await database.db.engine`
    select attempt from message_edits where message_id = ${id}
  `
  assert.equal(waiting?.['attempt'], 1)
  await server.define(name, {
    ...{ do: 'reply', status: 404 },
    body: '{"code":10008,"message":"Unknown Message"}',
  })
  database.clock.forward({ seconds: 5 })
  await editor.runOnce()
  const events = await database.db.engine`
    select name from events where message_id = ${id} and name like 'message.edit%'
  `
  assert.deepEqual(
    [...events].map((row) => row['name']),
    ['message.edit_failed'],
  )
  const [left] = await database.db.engine`
    select count(*)::int as n from message_edits where message_id = ${id}
  `
  assert.equal(left?.['n'], 0)
})

test('a message of another workspace is not there', async () => {
  const id = await sendAlert(await server.define(name, created))
  await sent(id)
  const other = await engine.addWorkspace(`other${n}`)
  const answer = await database.db.engine.begin((tx) =>
    editMessage(tx, other, id, change('x'), database.db.clock.now()),
  )
  assert.equal(answer, 'gone')
})
