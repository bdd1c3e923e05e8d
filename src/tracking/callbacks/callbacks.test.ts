/** Callbacks of vendors: stored before they are answered, and each counts once. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../../test/helpers/database.ts'
import { trackingServer, trackingWorld } from '../../../test/helpers/trackingWorld.ts'
import type { ReceiptKind } from '../../channels/provider.ts'
import { connect } from '../../db/db.ts'
import { createReceiver } from '../receive.ts'

const base = await testDatabase()
const { db, clock } = base
const GENUINE = { 'x-signature': 'genuine', 'content-type': 'application/json' }

async function start() {
  const world = await trackingWorld(base)
  const server = await trackingServer(base, world)
  const path = `/webhook/vendor/${world.senderId}`
  const tell = (receipts: readonly object[], more = '') =>
    server.fetch('POST', path + more, { headers: GENUINE, body: JSON.stringify(receipts) })
  const receipt = (messageId: string, kind: ReceiptKind, seconds = 0) => ({
    messageId,
    kind,
    at: new Date(+clock.now() + seconds * 1000).toISOString(),
  })
  const state = async (id: string) => {
    const [row] = await db.engine<
      { status: string }[]
    >`select status from messages where id = ${id}`
    return row?.status
  }
  const stored = () => db.engine<
    {
      id: string
      status: string
      reason: string | null
      body: Buffer
      headers: Record<string, string>
    }[]
  >`
    select id, status, reason, body, headers from callbacks where workspace_id = ${world.workspaceId} order by id
  `
  const api = (method: 'GET' | 'POST', where: string) =>
    server.fetch(method, where, { headers: { authorization: `Bearer ${world.workspaceId}` } })
  return { ...world, ...server, path, tell, receipt, state, stored, api }
}

test('a genuine callback is stored, answered, and applied', async () => {
  const { addMessage, tell, receipt, state, stored, processor } = await start()
  const id = await addMessage()
  const answer = await tell([receipt(id, 'delivered')])
  assert.equal(answer.status, 200)
  assert.equal((await stored())[0]?.status, 'received')
  await processor.runOnce()
  assert.equal(await state(id), 'delivered')
  assert.equal((await stored())[0]?.status, 'processed')
})

test('forged callbacks are 401, unknown senders and other vendors 404, and nothing is stored', async () => {
  const { fetch, path, stored, counters, senderId } = await start()
  assert.equal((await fetch('POST', path, { body: '[]' })).status, 401)
  assert.equal(
    (await fetch('POST', path, { headers: { 'x-signature': 'almost' }, body: '[]' })).status,
    401,
  )
  assert.equal(
    (
      await fetch('POST', '/webhook/vendor/01990000-0000-7000-8000-000000000000', {
        headers: GENUINE,
        body: '[]',
      })
    ).status,
    404,
  )
  assert.equal(
    (await fetch('POST', `/webhook/smtp/${senderId}`, { headers: GENUINE, body: '[]' })).status,
    404,
  )
  assert.equal(
    (await fetch('POST', '/webhook/vendor/nonsense', { headers: GENUINE, body: '[]' })).status,
    404,
  )
  assert.equal((await stored()).length, 0)
  assert.equal(counters.callbacksForged, 2)
})

test('the same callback fifty times is one row and one effect', async () => {
  const { addMessage, tell, receipt, stored, processor, counts, projector } = await start()
  const id = await addMessage()
  const receipts = [receipt(id, 'delivered'), receipt(id, 'opened', 60), receipt(id, 'replied', 90)]
  const answers = await Promise.all(Array.from({ length: 50 }, () => tell(receipts)))
  for (const answer of answers) assert.equal(answer.status, 200)
  await Promise.all([processor.runOnce(), processor.runOnce()])
  await tell(receipts)
  await processor.runOnce()
  await projector.runOnce()
  assert.equal((await stored()).length, 1)
  assert.deepEqual(await counts(), {
    delivered: 1,
    opened: 1,
    opened_human: 1,
    opened_unique: 1,
    opened_unique_human: 1,
    replied: 1,
  })
})

test('one receipt in several callbacks counts once', async () => {
  const { addMessage, tell, receipt, processor, projector, counts } = await start()
  const id = await addMessage()
  const opened = receipt(id, 'opened', 60)
  await tell([opened])
  await processor.runOnce()
  await projector.runOnce()
  await tell([opened, receipt(id, 'complained', 70)])
  await tell([receipt(id, 'complained', 70)])
  await processor.runOnce()
  await projector.runOnce()
  const { opened: opens, complained } = await counts()
  assert.deepEqual([opens, complained], [1, 1])
})

test('all 120 orders of five receipts end in the same state', async () => {
  const { addMessage, tell, receipt, processor, projector } = await start()
  const kinds: ReceiptKind[] = ['deferred', 'delivered', 'opened', 'clicked', 'replied']
  const orders = permutations(kinds)
  assert.equal(orders.length, 120)
  const ids: string[] = []
  for (const order of orders) {
    const id = await addMessage({ address: 'ada@gmail.com' })
    ids.push(id)
    for (const kind of order) {
      await tell([receipt(id, kind, kinds.indexOf(kind) * 60)])
      await processor.runOnce()
    }
  }
  await projector.runOnce()
  const ends = await db.engine<{ end: string }[]>`
    select distinct concat_ws(' ', m.status, e.opens, e.human_opens, e.clicks, e.human_clicks, e.replied_at, e.first_human_open_at,
      (select count(*) from events v where v.workspace_id = m.workspace_id and v.message_id = m.id)) as end
    from messages m
    join message_engagement e on e.workspace_id = m.workspace_id and e.message_id = m.id
    where m.id = any(${ids}::uuid[])
  `
  assert.equal(ends.length, 1, ends.map((row) => row.end).join('\n'))
  assert.match(ends[0]!.end, /^delivered 1 1 1 1 /)
})

test('a receipt that is quicker than our own answer waits for its message', async () => {
  const { addMessage, tell, processor, state, stored } = await start()
  await tell([{ providerMessageId: 'v-1', kind: 'delivered', at: clock.now().toISOString() }])
  await processor.runOnce()
  assert.equal((await stored())[0]?.status, 'received')
  const id = await addMessage({ providerMessageId: 'v-1' })
  await processor.runOnce() // not due yet
  assert.equal(await state(id), 'sent')
  clock.forward({ seconds: 3 })
  await processor.runOnce()
  assert.equal(await state(id), 'delivered')
})

test('receipts about messages that never come are let go, with the reason', async () => {
  const { tell, processor, stored } = await start()
  await tell([{ providerMessageId: 'nobody', kind: 'delivered', at: clock.now().toISOString() }])
  for (let look = 0; look < 4; look++) {
    await processor.runOnce()
    clock.forward({ minutes: 2 })
  }
  const [row] = await stored()
  assert.equal(row?.status, 'processed')
  assert.match(row?.reason ?? '', /not known here/)
})

test('a receipt cannot reach a message of another workspace', async () => {
  const { tell, receipt, processor, state } = await start()
  const other = await trackingWorld(base)
  const id = await other.addMessage()
  await tell([receipt(id, 'bounced')])
  await processor.runOnce()
  assert.equal(await state(id), 'sent')
})

test('what cannot be understood is stored, answered 200, kept with its reason, and tried again by hand', async () => {
  const { fetch, path, processor, api, stored, addMessage, receipt, state } = await start()
  const body = Buffer.from([0x5b, 0x00, 0xff, 0xfe])
  assert.equal((await fetch('POST', path, { headers: GENUINE, body })).status, 200)
  await processor.runOnce()
  const listed = JSON.parse((await api('GET', '/callbacks?status=failed')).text)
  assert.equal(listed.data.length, 1)
  assert.equal(listed.data[0].provider, 'vendor')
  assert.match(listed.data[0].reason, /JSON/)
  assert.deepEqual((await stored())[0]?.body, body)

  const id = await addMessage()
  await db.engine`update callbacks set body = ${Buffer.from(JSON.stringify([receipt(id, 'delivered')]))} where id = ${listed.data[0].id}`
  assert.equal((await api('POST', `/callbacks/${listed.data[0].id}/process`)).status, 202)
  await processor.runOnce()
  assert.equal(await state(id), 'delivered')
  assert.equal((await api('GET', `/callbacks/${listed.data[0].id}`)).status, 200)
})

test('what failed of the same is one group, with what to do, and is tried again at once', async () => {
  const { fetch, path, processor, api, workspaceId } = await start()
  for (const text of ['[1', '[2, x', '{"a"'])
    await fetch('POST', path, { headers: GENUINE, body: Buffer.from(text) })
  await processor.runOnce()
  const groups = async () => JSON.parse((await api('GET', '/callbacks/groups')).text).data
  const [group, ...more] = await groups()
  assert.deepEqual([group.provider, group.count, more], ['vendor', 3, []])
  assert.match(group.mend, /after an update/)
  const { provider, reason } = group
  const again = await fetch('POST', '/callbacks/process', {
    headers: { authorization: `Bearer ${workspaceId}`, 'content-type': 'application/json' },
    body: JSON.stringify({ provider, reason }),
  })
  assert.deepEqual([again.status, JSON.parse(again.text)], [202, { count: 3 }])
  assert.deepEqual(await groups(), [])
  await processor.runOnce()
  assert.equal((await groups())[0].count, 3)
})

test('callbacks of another workspace are neither seen nor processed', async () => {
  const { tell, stored } = await start()
  await tell([])
  const [row] = await stored()
  const other = await start()
  const listed = await other.api('GET', '/callbacks')
  assert.deepEqual(JSON.parse(listed.text).data, [], listed.text)
  assert.equal((await other.api('GET', `/callbacks/${row!.id}`)).status, 404)
  assert.equal((await other.api('POST', `/callbacks/${row!.id}/process`)).status, 404)
})

test('secrets in headers are not kept', async () => {
  const { fetch, path, stored } = await start()
  await fetch('POST', path, {
    headers: { ...GENUINE, authorization: 'Basic c2VjcmV0', cookie: 'a=b' },
    body: '[]',
  })
  const headers = (await stored())[0]?.headers ?? {}
  assert.equal(headers['x-signature'], 'genuine')
  assert.deepEqual([headers['authorization'], headers['cookie']], [undefined, undefined])
})

test('a callback of 5 MB is taken, a larger one is 413', async () => {
  const { fetch, path } = await start()
  const body = (size: number) => Buffer.from(`[${' '.repeat(size - 2)}]`)
  assert.equal(
    (await fetch('POST', path, { headers: GENUINE, body: body(5 * 1024 * 1024) })).status,
    200,
  )
  assert.equal(
    (await fetch('POST', path, { headers: GENUINE, body: body(5 * 1024 * 1024 + 1) })).status,
    413,
  )
})

test('a callback that cannot be stored is 503, so that the vendor comes again', async () => {
  const world = await trackingWorld(base)
  const nowhere = connect(
    { url: 'postgres://nobody@127.0.0.1:1/none' },
    { max: 2, connect_timeout: 1 },
  )
  const { fetch } = await trackingServer(base, world, { db: { ...db, engine: nowhere } })
  const answer = await fetch('POST', `/webhook/vendor/${world.senderId}`, {
    headers: GENUINE,
    body: '[]',
  })
  assert.equal(answer.status, 503)
  assert.ok(Number(answer.headers['retry-after']) > 0)
})

test('receipts of the sandbox are applied and its people are people', async () => {
  const { addMessage, projector, state, counts, workspaceId } = await start()
  const id = await addMessage({ sentAgo: 0 })
  const receive = createReceiver({ db, onHits() {} })
  const receipts = (['delivered', 'opened', 'clicked'] as const).map((kind) => ({
    messageId: id,
    kind,
    at: clock.now(),
  }))
  await receive({ workspaceId, id }, receipts)
  await projector.runOnce()
  assert.equal(await state(id), 'delivered')
  const { opened_human: opened, clicked_human: clicked } = await counts()
  assert.deepEqual([opened, clicked], [1, 1])
})

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]]
  return items.flatMap((item, at) =>
    permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]),
  )
}
