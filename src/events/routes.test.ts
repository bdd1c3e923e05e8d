import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { testServer } from '../../test/helpers/server.ts'
import { addWorkspace } from '../../test/helpers/workspace.ts'
import { mergeRoutes } from '../contacts/mergeRoutes.ts'
import { uuid7 } from '../lib/uuid7.ts'
import { recordEvents } from './record.ts'
import { eventRoutes } from './routes.ts'

const world = await testDatabase()
const { db, clock } = world
const callers = await testServer([eventRoutes, mergeRoutes], { db })
const engines = await addWorkspace(world, 'analytical-engines')
const call = callers(engines)
const stranger = callers(await addWorkspace(world, 'looms'))

const names = async (url: string) =>
  (await call('GET', url)).json.data.map((each: { name: string }) => each.name)

test('an event makes its contact on first use and shows in the timeline', async () => {
  const body = {
    name: 'order.completed',
    external_id: 'ada',
    properties: { total: 12.5, item_ids: [1, 2] },
    at: '2026-03-01T12:00:00+02:00',
  }
  const answer = await call('POST', '/events', body)
  assert.equal(answer.status, 201)
  assert.equal(answer.json.status, 'recorded')
  await call('POST', '/events', { name: 'page.viewed', recipient_id: 'ada' })
  assert.deepEqual(await names('/contacts/ada/timeline'), ['page.viewed', 'order.completed'])
  const [, order] = (await call('GET', '/events?contact=ada')).json.data
  assert.deepEqual(
    [order.id, order.at, order.properties],
    [answer.json.id, '2026-03-01T10:00:00.000Z', body.properties],
  )
})

test('the same key is recorded once', async () => {
  const body = { name: 'order.paid', external_id: 'grace', key: 'order-1' }
  assert.equal((await call('POST', '/events', body)).json.status, 'recorded')
  assert.deepEqual((await call('POST', '/events', body)).json, { id: null, status: 'duplicate' })
  assert.deepEqual(await names('/events?contact=grace'), ['order.paid'])
})

test('a batch is answered in order, and is all or nothing', async () => {
  const batch = ['b-1', 'b-2', 'b-1'].map((key) => ({
    name: 'batch.sent',
    external_id: 'batch',
    key,
  }))
  const { json } = await call('POST', '/events', batch)
  assert.deepEqual(
    json.data.map((each: { status: string }) => each.status),
    ['recorded', 'recorded', 'duplicate'],
  )
  const faulty = await call('POST', '/events', [
    { name: 'batch.lost', external_id: 'batch' },
    { name: 'x', contact_id: uuid7() },
  ])
  assert.equal(faulty.status, 422)
  assert.equal(faulty.json.errors[0].pointer, '/1/contact_id')
  assert.deepEqual(await names('/events?name=batch.lost'), [])
  assert.equal((await call('POST', '/events', Array(1_001).fill({ name: 'x' }))).status, 422)
  assert.equal((await call('POST', '/events', [])).status, 422)
})

test('wrong fields are named', async () => {
  const cases: [unknown, string][] = [
    [{ name: 'message.sent' }, '/name'],
    [{ name: '' }, '/name'],
    [{ name: 'x', at: 'yesterday' }, '/at'],
    [{ name: 'x', at: '2030-01-01T00:00:00Z' }, '/at'],
    [{ name: 'x', contact_id: 'ada' }, '/contact_id'],
    [{ name: 'x', properties: [] }, '/properties'],
    [[{ name: 'x' }, { name: 'y', at: 1 }], '/1/at'],
  ]
  for (const [body, pointer] of cases) {
    const answer = await call('POST', '/events', body)
    assert.deepEqual(
      [answer.status, answer.json.errors?.[0].pointer],
      [422, pointer],
      JSON.stringify(body),
    )
  }
})

test('lists are filtered and paged', async () => {
  for (const day of [1, 2, 3])
    await call('POST', '/events', {
      name: 'paged.event',
      at: `2026-02-0${day}T00:00:00Z`,
      external_id: 'pager',
      properties: { day },
    })
  const days = (page: { json: { data: { properties: { day: number } }[] } }) =>
    page.json.data.map((each) => each.properties.day)
  const first = await call('GET', '/events?name=paged.event&limit=2')
  const second = await call(
    'GET',
    `/events?name=paged.event&limit=2&cursor=${first.json.next_cursor}`,
  )
  assert.deepEqual([days(first), days(second), second.json.has_more], [[3, 2], [1], false])
  assert.deepEqual(
    days(
      await call(
        'GET',
        '/events?name=paged.event&from=2026-02-02T00:00:00Z&to=2026-02-03T00:00:00Z',
      ),
    ),
    [2],
  )
})

test('the timeline of a contact has those of its duplicates and of its messages', async () => {
  const { json: kept } = await call('POST', '/events', { name: 'kept.event', external_id: 'kept' })
  await call('POST', '/events', { name: 'dup.event', external_id: 'dup' })
  await call('POST', '/contacts/kept/merge', { duplicate_id: 'dup' })
  clock.forward({ seconds: 1 })
  const messageId = await addMessage('kept')
  const event = {
    workspaceId: engines,
    name: 'message.sent',
    contactId: null,
    messageId,
    at: clock.now(),
    source: 'test',
    properties: {},
  }
  await recordEvents(db.engine, [event], clock.now())
  const timeline = await names('/contacts/kept/timeline')
  assert.deepEqual(
    [timeline[0], timeline.slice(1).sort()],
    ['message.sent', ['dup.event', 'kept.event']],
  )
  const page = await call('GET', '/contacts/kept/timeline?limit=2')
  const rest = await call('GET', `/contacts/kept/timeline?limit=2&cursor=${page.json.next_cursor}`)
  assert.equal(rest.json.data.length, 1)
  const some = (wanted: string) => names(`/contacts/kept/timeline?names=${wanted}`)
  assert.deepEqual(await some('message.*'), ['message.sent'])
  assert.deepEqual(await some('dup.event,order.*'), ['dup.event'])
  assert.deepEqual(await some('%25,____.event'), [])
  assert.ok(kept.id)
})

test('contacts of another workspace lead nowhere', async () => {
  const [row] = await db.engine`select contact_id from contact_identities where external_id = 'ada'`
  for (const id of ['ada', row!['contactId']]) {
    assert.equal((await stranger('GET', `/contacts/${id}/timeline`)).status, 404)
    assert.equal((await stranger('GET', `/events?contact=${id}`)).status, 404)
  }
  const answer = await stranger('POST', '/events', { name: 'x', contact_id: row!['contactId'] })
  assert.equal(answer.status, 422)
  assert.equal((await stranger('GET', '/events')).json.data.length, 0)
})

async function addMessage(externalId: string): Promise<string> {
  const [messageId, senderId] = [uuid7(), uuid7()]
  await db.engine.begin(async (tx) => {
    await tx`
      insert into senders (workspace_id, id, channel, provider, name, settings, origin, position, on_unknown, created_at, updated_at)
      values (${engines}, ${senderId}, 'email', 'sandbox', 'sandbox', '', 'builtin', 0, 'hold', ${clock.now()}, ${clock.now()})
    `
    await tx`
      insert into messages (workspace_id, id, channel, status, priority, kind, contact_id, sender_id, due_at, expires_at, created_at)
      select ${engines}, ${messageId}, 'email', 'sent', 1, 'transactional', contact_id, ${senderId}, ${clock.now()}, ${clock.now()}, ${clock.now()}
      from contact_identities
      where workspace_id = ${engines} and external_id = ${externalId}
    `
  })
  return messageId
}
