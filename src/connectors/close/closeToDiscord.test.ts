/** Document 000 as it is lived: the whole program between a fake Close and a fake Discord. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startClose } from '../../../test/fakes/startClose.ts'
import { startDiscord } from '../../../test/fakes/startDiscord.ts'
import { INSTANCE_KEY, startTestApp } from '../../../test/helpers/app.ts'
import { testDatabase } from '../../../test/helpers/database.ts'
import { mailbox } from '../../../test/helpers/syncWorld.ts'
import { until } from '../../../test/helpers/until.ts'

const close = await startClose()
const discord = await startDiscord()
after(() => Promise.all([close.close(), discord.close()]))
const HOOK = 'ab'.repeat(32)
const database = await testDatabase()
const app = await startTestApp(database, {
  PUBLIC_URL: 'http://127.0.0.1:1',
  CLOSEIO_API_KEY: 'api_test',
  CLOSEIO_BASE_URL: close.baseUrl,
  CLOSEIO_WEBHOOK_SIGNATURE_KEY: HOOK,
  DISCORD_WEBHOOK_URL: discord.webhookUrl,
})
const key = { authorization: `Bearer ${INSTANCE_KEY}` }
const box = mailbox(close, 'storyx')
const to = { key: HOOK, url: `${app.url}/webhook/closeio` }
const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000)
const textOf = (body: unknown) => JSON.stringify(body)

test('an open that a webhook and polls tell of raises one alert, which further opens edit', async () => {
  await close.set({ leads: { lead_storyx: 'Analytical Engines' } })
  const { object_id: id } = await box.send(ago(3_600))
  const event = await box.open(id, new Date())
  assert.equal(await close.deliver(event, to), 200)
  assert.equal(await close.deliver(event, to), 200)
  const [alert] = await until('the alert', async () => {
    const { messages } = await discord.tell()
    return messages.length > 0 && messages
  })
  for (const word of ['Analytical Engines', 'An offer', 'ada@gmail.com', 'lead_storyx'])
    assert.match(textOf(alert?.body), new RegExp(word))

  const { json } = await app.call('GET', '/connectors', undefined, key)
  const [connection] = json.data
  const pull = () => app.call('POST', '/sync', { connection_id: connection.id }, key)
  assert.equal((await pull()).status, 202)
  const second = await box.open(id, new Date())
  assert.equal(await close.deliver(second, to), 200)
  await until('the edit', async () => (await discord.tell()).edits.length > 0)
  await pull()
  await until('a poll', async () => {
    const { json: runs } = await app.call('GET', '/sync?limit=100', undefined, key)
    return runs.data.filter((run: { status: string }) => run.status === 'done').length > 1
  })
  const { messages, edits, complaints } = await discord.tell()
  assert.equal(messages.length, 1)
  assert.match(textOf(edits.at(-1)?.body), /Opens:\*\* 2/)
  assert.deepEqual(complaints, [])
  assert.deepEqual((await close.tell()).complaints, [])
})

test('connections are shown without their secrets, and those of the environment are locked', async () => {
  const { json } = await app.call('GET', '/connectors', undefined, key)
  const [connection] = json.data
  assert.equal(connection.origin, 'environment')
  assert.ok(!JSON.stringify(json).includes(HOOK))
  assert.ok(!JSON.stringify(json).includes('api_test'))
  const path = `/connectors/${connection.id}`
  assert.equal((await app.call('PUT', path, { name: 'mine' }, key)).status, 409)
  assert.equal((await app.call('DELETE', path, undefined, key)).status, 409)
  const paused = await app.call('POST', `${path}/pause`, { reason: 'holiday' }, key)
  assert.equal(paused.json.status, 'paused')
  const active = await app.call('POST', `${path}/activate`, undefined, key)
  assert.deepEqual([active.json.status, active.json.status_reason], ['active', null])
  const checked = await app.call('POST', `${path}/check`, undefined, key)
  assert.deepEqual([checked.json.ok, checked.json.warnings], [true, []])
})
