/** The log of requests: written beside them, by workspace, found again, and forgotten. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { INSTANCE_KEY, ORIGIN, startTestApp } from '../../../test/helpers/app.ts'
import { testDatabase } from '../../../test/helpers/database.ts'
import { until } from '../../../test/helpers/until.ts'
import { connect } from '../../db/db.ts'
import { uuid7 } from '../../lib/uuid7.ts'
import { requestJobs } from './jobs.ts'
import type { Entry } from './keep.ts'
import { dropOldDays, ensureDays } from './partitions.ts'
import { writeRequests } from './write.ts'

const database = await testDatabase()
const env = { ADMIN_EMAIL: 'ada@example.com', ADMIN_PASSWORD: 'violet tractor ninety' }
const app = await startTestApp(database, env)
const key = await app.keyFor('default')
const send = (body: unknown, headers = {}) =>
  app.call('POST', '/notifications', body, { ...key, ...headers })
const get = async (path: string, headers: Record<string, string> = key) =>
  (await app.call('GET', path, undefined, headers)).json
const mail = (more: object = {}) => ({
  ...{ recipient_id: 'u-1', channel: 'email', to: 'reader@example.com' },
  ...{ subject: 'Hello', message: 'Hello there', ...more },
})
const noted = (id: string | null, headers = key) =>
  until('the request in the log', async () => {
    const answer = await app.call('GET', `/api-requests/${id}`, undefined, headers)
    return answer.status === 200 ? answer.json : undefined
  })
const idOf = ({ headers }: { headers: Headers }) => headers.get('x-request-id')

test('a request is found by its id with body, answer, key and messages; they lead to it', async () => {
  const made = await send(
    [mail(), mail({ attachments: [{ filename: 'a.txt', content: 'aGk=' }] })],
    {
      'idempotency-key': 'order-1',
    },
  )
  const kept = await noted(idOf(made))
  assert.deepEqual(
    [kept.method, kept.path, kept.status, kept.source, kept.actor_kind, kept.idempotency_key],
    ['POST', '/notifications', 202, 'api', 'key', 'order-1'],
  )
  assert.equal(kept.request_body[1].attachments[0].content, '[a file, 4 characters]')
  const ids = made.json.data.map(({ id }: { id: string }) => id)
  assert.deepEqual([kept.message_ids, kept.message_count], [ids, 2])
  assert.deepEqual(kept.answer, made.json)
  assert.ok(kept.duration_ms >= 0 && kept.actor_id)
  const list = await get(`/api-requests?message_id=${ids[1]}`)
  assert.deepEqual(
    list.data.map(({ id }: { id: string }) => id),
    [idOf(made)],
  )
  const repeated = await send(
    [mail(), mail({ attachments: [{ filename: 'a.txt', content: 'aGk=' }] })],
    {
      'idempotency-key': 'order-1',
    },
  )
  assert.equal((await noted(idOf(repeated))).replayed, true)
  const both = await get('/api-requests?idempotency_key=order-1')
  assert.deepEqual(
    both.data.map(({ id }: { id: string }) => id),
    [idOf(repeated), idOf(made)],
  )
})

test('what failed says why, and is found by its status', async () => {
  const refused = await send(mail({ channel: 'pigeon' }))
  const kept = await noted(idOf(refused))
  assert.deepEqual([kept.status, kept.code], [422, 'invalid_input'])
  assert.deepEqual(kept.answer.errors[0].pointer, '/channel')
  const secrets = '%74oken=abc&q=https%3A%2F%2Fx.test%2F%3Fkey%3Dabc'
  const hidden = await noted(idOf(await app.call('GET', `/topics?${secrets}`, undefined, key)))
  assert.equal(hidden.query, 'token=[hidden]&q=https://x.test/?key=[hidden]')
  const missing = await app.call('GET', '/contacts/u-nobody?q=a%20b', undefined, key)
  await noted(idOf(missing))
  const idsOf = async (filter: string) =>
    (await get(`/api-requests?${filter}`)).data.map(({ id }: { id: string }) => id)
  assert.deepEqual(await idsOf('status=422&method=POST'), [idOf(refused)])
  assert.ok((await idsOf('status=4xx')).includes(idOf(missing)))
  assert.deepEqual(await idsOf('status=failed&path=/contacts'), [idOf(missing)])
  assert.deepEqual(await idsOf('status=5xx'), [])
  assert.deepEqual(await idsOf('source=dashboard'), [])
  const at = (await noted(idOf(refused))).at
  assert.ok((await idsOf(`from=${at}`)).includes(idOf(refused)))
  assert.deepEqual(await idsOf(`from=${at}&to=${at}`), [])
  assert.equal((await app.call('GET', '/api-requests?status=9xx', undefined, key)).status, 422)
})

test('a key that is shown once, a password and a page of the dashboard are not kept', async () => {
  const signedIn = await app.call(
    'POST',
    '/auth/login',
    { email: env.ADMIN_EMAIL, password: env.ADMIN_PASSWORD },
    { origin: ORIGIN },
  )
  const cookie = signedIn.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
  const session = { cookie, origin: ORIGIN }
  const looked = await app.call('GET', '/contacts', undefined, session)
  assert.equal(looked.status, 200)
  const made = await app.call(
    'POST',
    '/api-keys',
    { name: 'n8n', scopes: ['messages:write'] },
    session,
  )
  const kept = await noted(idOf(made))
  assert.deepEqual([kept.source, kept.status], ['dashboard', 201])
  assert.ok(!JSON.stringify(kept).includes(made.json.key))
  const all = JSON.stringify(await database.db.engine`select * from api_requests`)
  assert.ok(!all.includes('violet tractor') && !all.includes(made.json.key))
  assert.ok(!all.includes(idOf(looked) ?? '-'))
})

test('a request is of its workspace alone, for whoever may read the log', async () => {
  await app.call(
    'POST',
    '/workspaces',
    { slug: 'other', name: 'Other' },
    {
      authorization: `Bearer ${INSTANCE_KEY}`,
    },
  )
  const other = await app.keyFor('other')
  const theirs = await app.call('GET', '/contacts/u-nobody', undefined, other)
  await noted(idOf(theirs), other)
  assert.equal((await app.call('GET', `/api-requests/${idOf(theirs)}`, undefined, key)).status, 404)
  const ours = await get('/api-requests?limit=100')
  assert.ok(!ours.data.some(({ id }: { id: string }) => id === idOf(theirs)))
  const reader = await app.keyFor('default', ['messages:read'])
  assert.equal((await app.call('GET', '/api-requests', undefined, reader)).status, 403)
})

test('of many that are written together only the one that the database refuses is left out', async () => {
  const [of = { id: '' }] = await database.db.engine<{ id: string }[]>`select id from workspaces`
  const entry = (path: string): Entry => ({
    ...{ workspaceId: of.id, id: uuid7(), method: 'POST', route: '/r', path, query: null },
    ...{ status: 422, code: null, ms: 1, actorKind: 'key', actorId: 'refused', ip: null },
    ...{ userAgent: null, idempotencyKey: null, replayed: false, requestBytes: null },
    ...{ requestBody: null, answer: null, messageIds: [], leftOut: 0 },
  })
  const entries = [entry('/a'), entry('/\0'), entry('/b')]
  const told: unknown[] = []
  const log = { warn: (...words: unknown[]) => void told.push(words) }
  await writeRequests({ sql: database.db.engine, log }, entries)
  const kept = await get('/api-requests?actor_id=refused')
  assert.deepEqual(
    kept.data.map(({ path }: { path: string }) => path),
    ['/b', '/a'],
  )
  assert.deepEqual(told, [
    [{ request: entries[1]?.id, code: '22P05' }, 'a request could not be noted'],
  ])
})

test('a person who is erased is erased from the log too', async () => {
  const contact = await app.call(
    'POST',
    '/contacts',
    { external_id: 'gone-7', email: 'gone@example.com', name: 'Gone' },
    key,
  )
  const asked = await app.call('GET', '/preferences/gone-7', undefined, key)
  const sent = await send(mail({ recipient_id: 'gone-7', to: 'gone@example.com' }))
  const named = { 'idempotency-key': 'welcome/GONE@example.com' }
  await noted(idOf(await send(mail({ channel: 'pigeon' }), named)))
  const kept = await noted(idOf(sent))
  await noted(idOf(contact))
  await noted(idOf(asked))
  assert.equal(kept.request_body.to, 'gone@example.com')
  const erased = await app.call('DELETE', '/contacts/gone-7?erase=true', undefined, key)
  assert.ok(erased.status < 300, erased.text)
  const after = await until('the person to be gone', async () => {
    const now = await noted(idOf(sent))
    return now.request_body === null ? now : undefined
  })
  assert.equal(after.answer, null)
  const erasures = async () => (await database.db.engine`select from api_request_erasures`).length
  await until('the words to be gone', async () => (await erasures()) === 0)
  const left = JSON.stringify((await get('/api-requests?limit=100')).data)
  assert.ok(!left.includes('gone-7') && !/gone@example/i.test(left), left)
})

test('days are made ahead and dropped when their time is over, and what had none moves in', async () => {
  const owner = connect(database.address, { max: 1 })
  const now = new Date()
  const later = new Date(+now + 5 * 86_400_000)
  const [{ id: workspace } = { id: '' }] = await owner<
    { id: string }[]
  >`select id from workspaces limit 1`
  const id = uuid7(+later)
  await database.db.engine`
    insert into api_requests (workspace_id, id, method, route, path, status, ms, actor_kind, actor_id)
    values (${workspace}, ${id}, 'GET', '/', '/', 404, 1, 'key', 'k')
  `
  assert.equal((await ensureDays(owner, later)).length, 3)
  assert.deepEqual(await ensureDays(owner, later), [])
  const [row] = await owner<{ of: string }[]>`
    select tableoid::regclass::text as of from api_requests where id = ${id}
  `
  const day = later.toISOString().slice(0, 10).replaceAll('-', '_')
  assert.equal(row?.of, `api_requests_${day}`)
  const dropped = await dropOldDays(owner, 4, later)
  assert.ok(dropped.includes(`api_requests_${now.toISOString().slice(0, 10).replaceAll('-', '_')}`))
  const [left] = await owner<{ n: number }[]>`select count(*)::int as n from api_requests`
  assert.equal(left?.n, 1)
  await owner.end()
})

test('what messages said is not kept longer here than with the messages', async () => {
  const { db, address } = database
  const ages = () => db.engine<{ path: string }[]>`
    select path from api_requests where actor_id = 'aged' order by path
  `
  const [of = { id: '' }] = await db.engine<{ id: string }[]>`select id from workspaces`
  for (const age of [0, 1, 2, 3]) {
    const id = uuid7(+db.clock.now() - age * 86_400_000)
    await db.engine`
      insert into api_requests (workspace_id, id, method, route, path, status, ms, actor_kind, actor_id)
      values (${of.id}, ${id}, 'POST', '/', ${String(age)}, 202, 1, 'key', 'aged')
    `
  }
  const upkeep = (days: number, contentDays: number) =>
    requestJobs({ db, ownerAddress: address, days, contentDays })['requests.upkeep']!(
      {},
      new AbortController().signal,
    )
  const left = async () => (await ages()).map(({ path }) => path)
  await upkeep(7, 45)
  assert.deepEqual(await left(), ['0', '1', '2', '3'])
  await upkeep(7, 2)
  assert.deepEqual(await left(), ['0', '1'])
})
