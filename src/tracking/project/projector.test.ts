/** From hits to events, classes and counters: once, whatever happens in between. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../../test/helpers/database.ts'
import { trackingServer, trackingWorld } from '../../../test/helpers/trackingWorld.ts'
import { HONEYPOT_LINK } from '../../lib/token.ts'
import { uuid7 } from '../../lib/uuid7.ts'
import { insertHits, type NewHit } from '../store/hits.ts'

const base = await testDatabase()
const { db, clock } = base

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0'
type Hit = Partial<NewHit> & { messageId: string }

async function start() {
  const world = await trackingWorld(base)
  const server = await trackingServer(base, world)
  const hit = (input: Hit): NewHit => ({
    id: uuid7(),
    workspaceNumber: world.number,
    kind: 'open',
    linkIndex: 0,
    atMs: +clock.now(),
    ip: '198.51.100.7',
    userAgent: FIREFOX,
    method: 'GET',
    purpose: null,
    ...input,
  })
  const record = async (...hits: Hit[]) => {
    const made = hits.map(hit)
    await insertHits(db.engine, made)
    return made
  }
  const summary = async (messageId: string) => {
    const [row] = await db.engine<
      { opens: number; humanOpens: number; clicks: number; humanClicks: number }[]
    >`
      select opens, human_opens, clicks, human_clicks from message_engagement where message_id = ${messageId}
    `
    return row && { ...row }
  }
  const events = (messageId: string) => db.engine<
    { name: string; properties: Record<string, unknown> }[]
  >`
    select name, properties from events where message_id = ${messageId} order by at, id
  `
  const waiting = async () => {
    const [row] = await db.engine<{ n: number }[]>`
      select coalesce(sum(n), 0)::int as n from tracking_hits where workspace_id = ${world.workspaceId}
    `
    return row?.n ?? 0
  }
  return { ...world, ...server, record, summary, events, waiting }
}

test('an open and a click of a person become events, sums and counters', async () => {
  const { addMessage, record, projector, summary, events, counts, waiting } = await start()
  const id = await addMessage({ links: ['https://shop.example/a'] })
  await record({ messageId: id }, { messageId: id, kind: 'click', atMs: +clock.now() + 9_000 })
  await projector.runOnce()
  assert.deepEqual(await summary(id), { opens: 1, humanOpens: 1, clicks: 1, humanClicks: 1 })
  const [opened, clicked] = await events(id)
  assert.equal(opened?.name, 'message.opened')
  assert.deepEqual(opened?.properties, {
    class: 'human',
    reason: 'person',
    ip: '198.51.100.0/24',
    user_agent: FIREFOX,
  })
  assert.equal(clicked?.name, 'message.clicked')
  assert.equal(clicked?.properties['url'], 'https://shop.example/a')
  assert.deepEqual(await counts(), {
    opened: 1,
    opened_human: 1,
    opened_unique: 1,
    opened_unique_human: 1,
    clicked: 1,
    clicked_human: 1,
    clicked_unique: 1,
    clicked_unique_human: 1,
  })
  assert.equal(await waiting(), 0)
})

test('a click without an open means that the person opened it', async () => {
  const { addMessage, record, projector, summary, counts } = await start()
  const id = await addMessage({ links: ['https://shop.example/a'] })
  await record({ messageId: id, kind: 'click' })
  await projector.runOnce()
  assert.deepEqual(await summary(id), { opens: 0, humanOpens: 1, clicks: 1, humanClicks: 1 })
  const before = await counts()
  assert.equal(before['opened'], undefined)
  assert.equal(before['opened_unique_human'], 1)
  await record({ messageId: id, atMs: +clock.now() + 60_000 })
  await projector.runOnce()
  assert.deepEqual(await summary(id), { opens: 1, humanOpens: 1, clicks: 1, humanClicks: 1 })
  assert.deepEqual({ ...(await counts()) }, { ...before, opened: 1, opened_unique: 1 })
})

test('a later hit changes what an earlier one was taken for, and the counters with it', async () => {
  const { addMessage, record, projector, summary, counts } = await start()
  const id = await addMessage({
    links: ['https://a.example/', 'https://b.example/', 'https://c.example/'],
  })
  await record({ messageId: id }, { messageId: id, kind: 'click', atMs: +clock.now() + 1_000 })
  await projector.runOnce()
  assert.equal((await counts())['clicked_human'], 1)
  await record({ messageId: id, kind: 'click', linkIndex: 1, atMs: +clock.now() + 2_000 })
  await projector.runOnce()
  assert.deepEqual(await summary(id), { opens: 1, humanOpens: 0, clicks: 2, humanClicks: 0 })
  assert.deepEqual(await counts(), { clicked: 2, clicked_unique: 1, opened: 1, opened_unique: 1 })
})

test('the hidden link makes machines of all clicks within ten seconds, and of no others', async () => {
  const { addMessage, record, projector, summary, events, counts } = await start()
  const links = ['https://a.example/', 'https://b.example/']
  const [id, other] = [await addMessage({ links }), await addMessage({ links })]
  const click = (messageId: string, linkIndex: number, seconds: number, ip = '198.51.100.7') =>
    record({ messageId, kind: 'click', linkIndex, atMs: +clock.now() + seconds * 1_000, ip })
  await click(id, 0, 10, '203.0.113.9')
  await click(id, 1, 40, '192.0.2.9')
  await click(other, 1, 20)
  await projector.runOnce()
  assert.equal((await counts())['clicked_human'], 3)
  await click(id, HONEYPOT_LINK, 20)
  await projector.runOnce()
  assert.deepEqual(await summary(id), { opens: 0, humanOpens: 1, clicks: 3, humanClicks: 1 })
  assert.deepEqual(await summary(other), { opens: 0, humanOpens: 1, clicks: 1, humanClicks: 1 })
  assert.equal((await counts())['clicked_human'], 2)
  const hidden = (await events(id)).find(({ properties }) => properties['reason'] === 'honeypot')
  assert.equal(hidden?.properties['class'], 'machine')
  assert.deepEqual(
    ['link_index' in hidden!.properties, 'url' in hidden!.properties],
    [false, false],
  )
})

test('a network that opens five messages of one company is its gateway, also for the first of them', async () => {
  const { addMessage, record, projector, summary, counts } = await start()
  const ids: string[] = []
  for (let nth = 0; nth < 5; nth++) {
    ids.push(await addMessage({ address: `p${nth}@analytical.example` }))
    await record({ messageId: ids[nth]!, atMs: +clock.now() + nth * 1_000 })
    await projector.runOnce()
  }
  for (const id of ids) assert.equal((await summary(id))?.humanOpens, 0)
  assert.deepEqual(await counts(), { opened: 5, opened_unique: 5 })
  const stranger = await addMessage({ address: 'ada@gmail.com' })
  await record({ messageId: stranger })
  await projector.runOnce()
  assert.equal((await summary(stranger))?.humanOpens, 1)
})

test('the same hit again is not counted again, before or after it was understood', async () => {
  const { addMessage, record, projector, summary, events, waiting } = await start()
  const id = await addMessage()
  const [hit] = await record({ messageId: id })
  await record({ ...hit!, messageId: id })
  await projector.runOnce()
  await record({ ...hit!, messageId: id })
  await projector.runOnce()
  assert.equal((await summary(id))?.opens, 1)
  assert.equal((await events(id)).length, 1)
  assert.equal(await waiting(), 0)
})

test('a crash in the middle leaves the hits, and counts nothing twice', async () => {
  const { addMessage, record, projector, summary, counts, waiting, workspaceId } = await start()
  const id = await addMessage()
  await record({ messageId: id }, { messageId: id, atMs: +clock.now() + 1 })
  // The last statement of the transaction fails: the database refuses to count for this workspace.
  await db.engine`insert into counts (workspace_id, hour, channel, metric, n) values
    (${workspaceId}, date_trunc('hour', ${clock.now()}::timestamptz), 'email', 'opened', 9223372036854775807)`
  await assert.rejects(projector.runOnce(), /out of range/)
  assert.equal(await waiting(), 2)
  assert.equal(await summary(id), undefined)
  assert.equal((await db.engine`select from events where message_id = ${id}`).length, 0)
  await db.engine`delete from counts where workspace_id = ${workspaceId}`
  await projector.runOnce()
  assert.deepEqual(await summary(id), { opens: 2, humanOpens: 2, clicks: 0, humanClicks: 0 })
  assert.deepEqual(await counts(), {
    opened: 2,
    opened_human: 2,
    opened_unique: 1,
    opened_unique_human: 1,
  })
})

test('several projectors at once count each hit once', async () => {
  const world = await start()
  const ids = await Promise.all(
    Array.from({ length: 20 }, (_, nth) => world.addMessage({ address: `p${nth}@gmail.com` })),
  )
  await world.record(
    ...Array.from({ length: 3_000 }, (_, nth) => ({
      messageId: ids[nth % 20]!,
      atMs: +clock.now() + nth,
    })),
  )
  const others = [await trackingServer(base, world), await trackingServer(base, world)]
  while ((await world.waiting()) > 0) {
    await Promise.all([world, ...others].map(({ projector }) => projector.runOnce()))
  }
  const counts = await world.counts()
  assert.equal(counts['opened'], 3_000)
  assert.equal(counts['opened_unique'], 20)
  const [events] =
    await db.engine`select count(*)::int as n from events where workspace_id = ${world.workspaceId}`
  assert.equal(events?.['n'], 3_000)
})

test('hits of messages that do not exist are dropped and counted', async () => {
  const { record, projector, counters, waiting } = await start()
  await record({ messageId: uuid7() })
  await projector.runOnce()
  assert.equal(counters.dropped, 1)
  assert.equal(await waiting(), 0)
})

test('the loop finds hits by itself', async () => {
  const { addMessage, record, projector, summary } = await start()
  const id = await addMessage()
  projector.start()
  await record({ messageId: id })
  projector.poke()
  for (let look = 0; look < 200 && !(await summary(id)); look++)
    await new Promise((resolve) => setTimeout(resolve, 25))
  await projector.stop()
  assert.equal((await summary(id))?.opens, 1)
})

test('who opened a message of an erased person is not kept', async () => {
  const { addMessage, record, projector, summary, events } = await start()
  const id = await addMessage({ contactId: null, address: null })
  await record({ messageId: id })
  await projector.runOnce()
  assert.equal((await summary(id))?.opens, 1)
  const kept =
    await db.engine`select ip, user_agent, network from engagements where message_id = ${id}`
  assert.deepEqual({ ...kept[0] }, { ip: null, userAgent: null, network: null })
  assert.doesNotMatch(JSON.stringify(await events(id)), /Firefox|198/)
})

test('a message with thousands of hits counts each of them once', async () => {
  const { addMessage, record, projector, summary, counts } = await start()
  const id = await addMessage({ address: 'ada@gmail.com' })
  const made = await record(
    ...Array.from({ length: 5_000 }, (_, nth) => ({
      messageId: id,
      atMs: +clock.now() + nth * 1_000,
    })),
  )
  await projector.runOnce()
  await record({ ...made[0]!, messageId: id })
  await projector.runOnce()
  assert.deepEqual(await summary(id), {
    opens: 5_000,
    humanOpens: 5_000,
    clicks: 0,
    humanClicks: 0,
  })
  const { opened, opened_unique } = await counts()
  assert.deepEqual([opened, opened_unique], [5_000, 1])
})
