import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startTestApp } from '../../test/helpers/app.ts'
import { testDatabase } from '../../test/helpers/database.ts'
import { addTenant } from '../../test/helpers/tenant.ts'

const app = await startTestApp(await testDatabase())
const apple = await addTenant(app, 'apple')
const pear = await addTenant(app, 'pear')
const SOON_MS = 30_000 // any stream ends by itself after ten times as long
const ending = new AbortController()
after(() => ending.abort())

const record = (tenant: typeof apple, name: string) =>
  app.call('POST', '/events', { name, external_id: tenant.externalId }, tenant.key)

/** Chunks of a stream until `enough` says so. */
async function readStream(
  path: string,
  headers: Record<string, string>,
  enough: (text: string) => boolean,
) {
  const answer = await fetch(`${app.url}${path}`, { headers, signal: ending.signal })
  assert.equal(answer.headers.get('content-type'), 'text/event-stream; charset=utf-8')
  assert.ok(answer.body)
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of answer.body) {
    text += decoder.decode(chunk, { stream: true })
    if (enough(text)) break
  }
  return text
}

test('a watcher sees what happens in its workspace, and nothing of another', async () => {
  const path = '/stream?names=order.*'
  const seen = readStream(path, { ...apple.key, accept: 'text/event-stream' }, (text) =>
    text.includes('order.completed'),
  )
  await record(pear, 'order.stolen')
  await record(apple, 'page.viewed')
  await record(apple, 'order.completed')
  const text = await seen
  assert.match(text, /^retry: 2000\n\n/)
  assert.ok(!text.includes('order.stolen'))
  assert.ok(!text.includes('page.viewed'))
  const [, id, data] = /event: activity\nid: (\S+)\ndata: (.*)\n\n/.exec(text) ?? []
  assert.ok(!Number.isNaN(Date.parse(id ?? '')))
  assert.equal(JSON.parse(data ?? '').name, 'order.completed')
})

test('who takes no stream gets the last seconds, and the end', async () => {
  const text = await readStream('/stream', apple.key, () => false)
  assert.match(text, /"name":"page.viewed"/)
})

test('a stream ends when its session does', async () => {
  const kiwi = await addTenant(app, 'kiwi')
  const headers = { ...kiwi.session, accept: 'text/event-stream' }
  const seen = readStream('/stream', headers, () => false)
  await record(kiwi, 'order.completed')
  assert.equal((await app.call('POST', '/auth/logout', undefined, kiwi.session)).status, 204)
  const soon = sleep(SOON_MS, 'it goes on', { ref: false })
  assert.notEqual(await Promise.race([seen, soon]), 'it goes on')
})

test('one workspace leaves places for the others', async () => {
  const places = 100
  const watching = new AbortController()
  const open = (tenant: typeof apple) =>
    fetch(`${app.url}/stream`, {
      headers: { ...tenant.key, accept: 'text/event-stream' },
      signal: watching.signal,
    })
  const fig = await addTenant(app, 'fig')
  const answers = await Promise.all(Array.from({ length: places + 1 }, () => open(fig)))
  assert.equal(answers.filter(({ status }) => status === 200).length, places)
  assert.equal(answers.filter(({ status }) => status === 503).length, 1)
  assert.equal((await open(pear)).status, 200)
  watching.abort()
})

test('nobody watches without a key', async () => {
  assert.equal((await fetch(`${app.url}/stream`)).status, 401)
})
