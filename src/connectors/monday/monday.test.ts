import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { BOARD, mondayJwt, startMonday } from '../../../test/fakes/startMonday.ts'
import { testDatabase } from '../../../test/helpers/database.ts'
import { syncWorld } from '../../../test/helpers/syncWorld.ts'
import { inWorkspace } from '../../db/db.ts'
import { Misconfigured, Retryable } from '../../errors.ts'
import { createConnection, pauseConnection } from '../../sync/change.ts'
import { checkConnection } from '../../sync/check.ts'
import { subscribeNow } from '../../sync/subscribeNow.ts'
import { system } from '../../workspaces/audit/audit.ts'
import { type Context, settings } from './api.ts'
import { answer, subscribe, verify } from './webhooks.ts'

const database = await testDatabase()
const { clock } = database
const fake = await startMonday()
after(() => fake.close())
const israeli = { phone: '0501234567', country_short_name: 'IL' }

/** A world in which `since` is behind us, and monday's clock is ours. */
async function world(variables: Record<string, string> = {}, publicUrl?: string) {
  const state = { items: [], otherBoards: [], webhooks: [], faults: [], calls: [], budget: null }
  await fake.set({ now: +clock.now(), ...state })
  const made = await syncWorld(database, null, {
    ...{ path: 'monday', source: 'items', ...(publicUrl ? { publicUrl } : {}) },
    variables: {
      ...{ MONDAY_API_KEY: 'monday-token', MONDAY_BOARD_ID: BOARD, MONDAY_BASE_URL: fake.baseUrl },
      ...variables,
    },
  })
  const pass = async (minutes: number) => {
    clock.forward({ minutes })
    await fake.set({ now: +clock.now() })
  }
  await pass(1)
  const process = await made.start()
  const act = (name: string, params: unknown) =>
    process.sync.act(made.workspaceId, 'monday', name, params)
  return { ...made, pass, process, act }
}

const request = (body: unknown, headers: Record<string, string> = {}, query = '') => ({
  ...{ method: 'POST', url: `https://beckon.test/webhook/monday${query}`, headers },
  rawBody: JSON.stringify(body),
})

test('a new item is a lead with its number, once, by webhook and by listing', async () => {
  const { process, events } = await world()
  await fake.item({ id: '101', name: 'Ada', phone: israeli })
  assert.equal(await fake.created('101', process.url), 200)
  assert.equal(await fake.created('101', process.url), 200)
  await process.processor.runOnce()
  await process.poll()
  const [event, ...more] = await events('item.created')
  assert.deepEqual(more, [])
  assert.deepEqual(event?.properties, {
    ...{ item_id: '101', board_id: BOARD, item_name: 'Ada', group: 'New', phone: '+972501234567' },
    ...{ phone_text: '0501234567', status: '' },
    item_url: `https://acme.monday.com/boards/${BOARD}/pulses/101`,
  })
  const [address] = await database.db.engine`
    select address from contact_addresses where address = '+972501234567'
  `
  assert.ok(address)
})

test('what no webhook told is listed, over pages; what was there before is history', async () => {
  const { process, events, connection } = await world()
  const before = new Date(+(await connection()).since - 1_000).toISOString()
  await fake.item({ id: '200', created_at: before, phone: israeli })
  for (let n = 1; n <= 250; n++) await fake.item({ id: String(4_000 + n), created_at: before })
  for (let n = 1; n <= 120; n++) await fake.item({ id: String(2_000 + n), status: 'לייד חדש' })
  await fake.item({ id: '201', status: 'אין מענה 2' })
  await process.poll()
  assert.equal((await events('item.created')).length, 120)
  const listed = (await fake.tell()).calls.filter((each) => each === 'next_items_page').length
  assert.equal(listed, 1, 'the newest come first, and history is not read')
})

test('an item of yesterday, of another board or in the bin is no new lead', async () => {
  const { process, events, pass } = await world()
  await fake.item({ id: '301', phone: israeli })
  await fake.item({ id: '302', board: '5' })
  await fake.item({ id: '303', state: 'archived' })
  await pass(25 * 60)
  for (const id of ['301', '302', '303', '304']) await fake.created(id, process.url)
  await process.processor.runOnce()
  assert.deepEqual(await events('item.created'), [])
})

test('a number that comes later is news, an unusable one is told as it is', async () => {
  const { process, events } = await world()
  await fake.item({ id: '401', phone: { phone: '12', country_short_name: 'IL' } })
  await fake.created('401', process.url)
  await process.processor.runOnce()
  await fake.item({ id: '401', phone: { phone: '972501234568', country_short_name: '' } })
  await process.poll()
  assert.deepEqual(
    (await events('item.created')).map(({ properties: { phone, phone_text: text } }) => [
      phone,
      text,
    ]),
    [
      ['', '12'],
      ['+972501234568', '972501234568'],
    ],
  )
})

test('a status is set once, only over those that are named, and is no change by a person', async () => {
  const { process, act, events } = await world()
  await fake.item({ id: '501', phone: israeli, status: 'לייד חדש' })
  const ours = { item_id: '501', status: 'נשלחה הודעה', only_from: ['', 'לייד חדש'] }
  await fake.set({ faults: [{ status: 0, times: 1 }] }) // done, and the answer is lost
  await assert.rejects(act('set_status', ours))
  assert.deepEqual(await act('set_status', ours), { status: 'נשלחה הודעה', changed: true })
  assert.deepEqual(await act('set_status', ours), { status: 'נשלחה הודעה', changed: true })
  await fake.changed('501', process.url, 4242)
  await process.processor.runOnce()
  await fake.item({ id: '501', status: 'אין מענה 2', status_at: new Date().toISOString() })
  await fake.changed('501', process.url)
  await process.processor.runOnce()
  const told = (await events('item.status_changed')).map(({ properties }) => properties)
  assert.deepEqual(told.map(({ status, by }) => [status, by]).toSorted(), [
    ['אין מענה 2', 'human'],
    ['נשלחה הודעה', 'us'],
  ])
  assert.deepEqual(await act('set_status', ours), { status: 'אין מענה 2', changed: false })
  assert.deepEqual(await act('read_status', { item_id: '501' }), { status: 'אין מענה 2' })
  assert.deepEqual(await act('read_status', { item_id: '999' }), { status: null })
})

test('of several boards the one that has the item is asked, and one that is paused says so', async () => {
  const { process, workspaceId, act } = await world()
  const other = '1771819999'
  await fake.set({ otherBoards: [other] })
  const { deps } = process.sync
  const context = {
    deps,
    urlRules: { trustedOrigins: [new URL(fake.baseUrl).origin] },
    actor: system,
    now: clock.now(),
  }
  const { id } = await inWorkspace(database.db, workspaceId, (tx) =>
    createConnection(
      tx,
      workspaceId,
      {
        connector: 'monday',
        name: 'Other',
        settings: { api_token: 'monday-token', board_id: other, base_url: fake.baseUrl },
      },
      context,
    ),
  )
  const fresh = { phone: israeli, status: 'לייד חדש' }
  await fake.item({ id: '521', ...fresh })
  await fake.item({ id: '522', ...fresh, board: other })
  for (const item_id of ['521', '522'])
    assert.deepEqual(await act('set_status', { item_id, status: 'נשלחה הודעה' }), {
      ...{ status: 'נשלחה הודעה', changed: true },
    })
  await inWorkspace(database.db, workspaceId, (tx) =>
    pauseConnection(tx, workspaceId, { id }, context),
  )
  assert.deepEqual(await act('read_status', { item_id: '521' }), { status: 'נשלחה הודעה' })
  await assert.rejects(act('read_status', { item_id: '522' }), Misconfigured)
})

test('the status of a new lead is nobody’s change, whoever sets it and whenever we hear of it', async () => {
  const secret = 'a word'
  const { process, act, events } = await world({ MONDAY_WEBHOOK_SECRET: secret })
  const url = `${process.url}?secret=a%20word`
  await fake.item({ id: '551', phone: israeli, status: 'לייד חדש' })
  assert.equal(await fake.changed('551', url, 1, { label: 'לייד חדש' }), 200)
  await process.processor.runOnce()
  assert.deepEqual(await events('item.status_changed'), [])
  assert.equal((await events('item.created')).length, 1)
  await act('set_status', { item_id: '551', status: 'נשלחה הודעה' })
  await fake.changed('551', url, 2, { label: 'לייד חדש' }) // late: ours is there by now
  await process.processor.runOnce()
  assert.deepEqual(await by(events), ['us'])
  await fake.changed('551', url, 2, { label: 'נשלחה הודעה' })
  await process.processor.runOnce()
  assert.deepEqual(await by(events), ['human', 'us'])
})

test('who takes our status away has the lead to herself', async () => {
  const { process, events } = await world({ MONDAY_WEBHOOK_SECRET: 'word' })
  await fake.item({ id: '556', phone: israeli, status: 'לייד חדש' })
  const told = { label: 'לייד חדש', before: 'נשלחה הודעה' }
  assert.equal(await fake.changed('556', `${process.url}?secret=word`, 1, told), 200)
  await process.processor.runOnce()
  assert.deepEqual(await by(events), ['human'])
})

const by = async (events: (name: string) => Promise<{ properties: Record<string, unknown> }[]>) =>
  (await events('item.status_changed')).map(({ properties }) => properties['by'])

test('a forged webhook is refused and not kept; one of an app is taken by its JWT', async () => {
  const publicUrl = 'https://beckon.test'
  const { process, events } = await world({ MONDAY_SIGNING_SECRET: 'signing' }, publicUrl)
  await fake.item({ id: '561', phone: israeli })
  const claims = { aud: `${publicUrl}/webhook/monday`, exp: Math.floor(+clock.now() / 1_000) + 60 }
  const as = (secret: string) => ({ authorization: mondayJwt(claims, { secret }) })
  assert.equal(await fake.created('561', process.url, as('another')), 401)
  await process.processor.runOnce()
  assert.deepEqual(await events('item.created'), [])
  assert.equal(await fake.created('561', process.url, as('signing')), 200)
  await process.processor.runOnce()
  assert.equal((await events('item.created')).length, 1)
})

test('the secret of a webhook’s address is not kept with it', async () => {
  const { process, workspaceId, events } = await world({ MONDAY_WEBHOOK_SECRET: 'a word' })
  await fake.item({ id: '565', phone: israeli })
  assert.equal(await fake.created('565', `${process.url}?secret=a%20word`), 200)
  const kept = await database.db.engine<{ url: string; signed: boolean }[]>`
    select url, signed from callbacks where workspace_id = ${workspaceId}
  `
  assert.equal(kept.length, 1)
  assert.doesNotMatch(kept[0]!.url, /word/)
  await process.processor.runOnce()
  assert.equal((await events('item.created')).length, 1)
})

test('a webhook whose item cannot be read now is kept, and read when monday is back', async () => {
  const { process, start, events, pass } = await world()
  await fake.item({ id: '571', phone: israeli })
  await fake.set({ budget: 0 })
  assert.equal(await fake.created('571', process.url), 200)
  await process.processor.runOnce()
  assert.deepEqual(await events('item.created'), [])
  await fake.set({ budget: null })
  await pass(1)
  const { processor } = await start() // the other process still waits its seven seconds
  await processor.runOnce()
  assert.equal((await events('item.created')).length, 1)
})

test('a token that is refused pauses the connection with the reason', async () => {
  const { process, connection } = await world()
  await fake.set({ token: 'another' })
  await process.poll()
  await fake.set({ token: 'monday-token' })
  const { status, statusReason } = await connection()
  assert.equal(status, 'paused')
  assert.match(statusReason ?? '', /monday refuses the API token. Check MONDAY_API_KEY/)
})

test('what a connection remembers is forgotten when its settings change', async () => {
  const { process, workspaceId, provision } = await world()
  const { connections } = process.sync.deps
  const context = async () =>
    connections.context((await connections.of(database.db.engine, workspaceId, 'monday'))[0]!)
  const before = await context()
  before.memory.set('me', '4242', 24)
  assert.equal((await context()).memory.get('me'), '4242')
  await provision({ MONDAY_API_KEY: 'another', MONDAY_BOARD_ID: BOARD })
  assert.equal((await context()).memory.get('me'), undefined)
})

test('a label that is missing is made; an update is written once', async () => {
  const { act, pass } = await world()
  await fake.set({ labels: ['לייד חדש'] })
  await fake.item({ id: '601' })
  await act('set_status', { item_id: '601', status: 'נשלחה הודעה' })
  const update = { item_id: '601', text: 'WhatsApp: <b>כן</b> & מחר', key: 'run-1' }
  assert.deepEqual(await act('add_update', update), { added: true })
  assert.deepEqual(await act('add_update', update), { added: false })
  const began = { ...update, since: clock.now().toISOString() }
  await pass(30)
  assert.deepEqual(await act('add_update', began), { added: false }, 'tried again after long')
  assert.deepEqual(await act('add_update', update), { added: true })
  await pass(1)
  const another = { ...update, since: clock.now().toISOString() }
  assert.deepEqual(await act('add_update', another), { added: true }, 'the same words again')
  const { items, labels } = await fake.tell()
  assert.ok(labels.includes('נשלחה הודעה'))
  assert.equal(items[0]?.updates[0]?.text_body, update.text)
  await fake.set({
    labels: ['לייד חדש', 'נשלחה הודעה', 'אין מענה 1', 'אין מענה 2', 'נקבעה שיחת מכירה'],
  })
})

test('limits are waited out, refusals ask for a person', async () => {
  const { act } = await world()
  const limit = {
    message: 'Complexity budget exhausted',
    extensions: { code: 'COMPLEXITY_BUDGET_EXHAUSTED', retry_in_seconds: 7 },
  }
  const read = () => act('read_status', { item_id: '1' })
  await fake.set({ faults: [{ status: 200, times: 1, body: { errors: [limit] } }] })
  await assert.rejects(read(), (error) => error instanceof Retryable && error.after === 7)
  await fake.set({ faults: [{ status: 500, times: 1 }] })
  await assert.rejects(read(), Retryable)
  const said = async (status: number, message: string, code?: string) =>
    fake.set({
      faults: [
        {
          status,
          times: 1,
          body: { errors: [{ message, ...(code && { extensions: { code } }) }] },
        },
      ],
    })
  await said(200, 'Usage has temporarily been blocked', 'API_TEMPORARILY_BLOCKED')
  await assert.rejects(read(), Retryable)
  await said(423, 'Resource is currently locked, please try again later')
  await assert.rejects(read(), Retryable)
  await said(200, 'Scopes', 'missingRequiredPermissions')
  await assert.rejects(read(), Misconfigured)
  await fake.set({ token: 'another' })
  await assert.rejects(read(), Misconfigured)
  await fake.set({ token: 'monday-token' })
  assert.deepEqual(await read(), { status: null })
})

test('a change of a column that is none of ours costs no call', async () => {
  const { process } = await world()
  await fake.item({ id: '701', phone: israeli })
  await process.poll()
  await fake.set({ calls: [] })
  for (const columnId of ['numbers', 'phone']) {
    await fake.changed('701', process.url, 1, { columnId })
    await process.processor.runOnce()
  }
  assert.deepEqual((await fake.tell()).calls, ['items'])
})

test('labels that are missing are added to the column, those that are there stay', async () => {
  const { process } = await world()
  await fake.set({ labels: ['Mine', 'לייד חדש'] })
  await process.poll()
  assert.deepEqual((await fake.tell()).labels, [
    ...['Mine', 'לייד חדש', 'נשלחה הודעה', 'אין מענה 1', 'נקבעה שיחת מכירה', 'אין מענה 2'],
  ])
  await process.poll()
  const writes = (await fake.tell()).calls.filter((name) => name === 'update_status_column')
  assert.equal(writes.length, 1)
})

test('the check names whose token it is, and labels that are missing', async () => {
  const { process, connection, workspaceId } = await world()
  await fake.set({ labels: ['לייד חדש'] })
  const { id } = await connection()
  const { ok, detail, warnings } = await checkConnection(process.sync.deps, workspaceId, id)
  assert.ok(ok)
  assert.match(
    detail,
    /Grace's\. The board is Leads: phone numbers are in Phone, the status is in Status\./,
  )
  assert.match(warnings.join(), /no label נשלחה הודעה, אין מענה 1, נקבעה שיחת מכירה, אין מענה 2\. /)
  await fake.set({
    labels: ['לייד חדש', 'נשלחה הודעה', 'אין מענה 1', 'אין מענה 2', 'נקבעה שיחת מכירה'],
  })
})

test('webhooks are made once, and again when they are gone', async () => {
  const { process, workspaceId } = await world({ MONDAY_WEBHOOK_SECRET: 'a word' })
  const { connections } = process.sync.deps
  const [connection] = await connections.of(database.db.engine, workspaceId, 'monday')
  assert.ok(connection)
  const context = connections.context(connection) as Context // monday's
  const first = await subscribe(context, process.url, null)
  assert.deepEqual([first.did, first.id], ['created', '7000 7001'])
  assert.equal((await subscribe(context, process.url, first.id)).did, 'kept')
  const { webhooks } = await fake.tell()
  assert.deepEqual(
    webhooks.map(({ event, url }) => [event, url]),
    ['create_item', 'change_column_value'].map((event) => [
      event,
      `${process.url}?secret=a%20word`,
    ]),
  )
  await fake.set({ webhooks: [] })
  assert.equal((await subscribe(context, process.url, first.id)).did, 'created')
})

test('with an https address the webhooks are made by themselves, and by hand they are kept', async () => {
  const { process, workspaceId } = await world({}, 'https://beckon.test')
  await fake.set({ reach: new URL(process.url).origin })
  await process.sync.runOnce()
  const { webhooks } = await fake.tell()
  assert.deepEqual(
    webhooks.map(({ url }) => url),
    ['https://beckon.test/webhook/monday', 'https://beckon.test/webhook/monday'],
  )
  const { connections } = process.sync.deps
  const [connection] = await connections.of(database.db.engine, workspaceId, 'monday')
  assert.equal((await subscribeNow(connection!, process.sync.deps)).did, 'kept')
  await fake.set({ reach: null })
})

test('a challenge comes back as it was', async () => {
  const challenge = { challenge: '3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P' }
  assert.deepEqual(answer(request(challenge)), challenge)
  assert.equal(answer(request({ event: { type: 'create_pulse' } })), undefined)
  const { process } = await world()
  const reply = await fetch(process.url, { method: 'POST', body: JSON.stringify(challenge) })
  assert.deepEqual(await reply.json(), challenge)
})

test('signatures: a secret in the address, a JWT for it, or none', () => {
  const now = new Date()
  const given = settings.parse({ api_token: 'k', board_id: '1' })
  const keys = (more: object) => ({ settings: { ...given, ...more }, subscriptionKey: null, now })
  const body = { event: {} }
  assert.equal(verify(request(body), keys({})), 'unsigned')
  const secret = keys({ webhook_secret: 'a word of ours' })
  assert.equal(verify(request(body, {}, '?secret=a%20word%20of%20ours'), secret), 'signed')
  assert.equal(verify(request(body, {}, '?secret=another'), secret), 'forged')
  assert.equal(verify(request(body), secret), 'forged')
  const signing = keys({ signing_secret: 'signing' })
  const aud = 'https://beckon.test/webhook/monday'
  const exp = Math.floor(+now / 1_000) + 60
  const signed = (token: string) => verify(request(body, { authorization: token }), signing)
  assert.equal(signed(mondayJwt({ aud, exp })), 'signed')
  assert.equal(signed(mondayJwt({ aud, exp }, { secret: 'other' })), 'forged')
  assert.equal(signed(mondayJwt({ aud, exp: exp - 3_600 })), 'forged')
  assert.equal(signed(mondayJwt({ aud: 'https://elsewhere.test/', exp })), 'forged')
  assert.equal(signed(mondayJwt({ aud, exp }, { alg: 'none' })), 'forged')
  assert.equal(signed('nonsense'), 'forged')
  assert.equal(verify(request(body), signing), 'unsigned')
})

test('requests are as monday’s schema has them', async () => {
  assert.deepEqual((await fake.tell()).complaints, [])
})
