/**
 * Nothing crosses a workspace (OWASP API1): every route is walked with another workspace's
 * ids, in its address and in its body, and answers as if there were no such thing.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Answer, INSTANCE_KEY, startTestApp } from '../helpers/app.ts'
import { testDatabase } from '../helpers/database.ts'
import { addTenant, type Tenant } from '../helpers/tenant.ts'
import { addressOf, type Case, inOrder, methodOf, table } from './table.ts'

const app = await startTestApp(await testDatabase())
const apple = await addTenant(app, 'apple')
const zebra = await addTenant(app, 'zebra')

/**
 * Answered alike to everybody, whatever is in the address. Tokens and signatures in it name
 * the workspace themselves, and tracking's own tests forge them.
 */
const sameForAll = new Set(
  Object.entries(table)
    .filter(([, { access }]) => access === 'open')
    .map(([name]) => name),
)

const names = Object.entries(table)
  .filter(([name, { path }]) => path && !sameForAll.has(name))
  .map(([name]) => name)

function send(name: string, each: Case, as: Tenant, about: Tenant, unique: string) {
  const who = each.access === 'person' ? as.session : as.key
  const type = each.type ? { 'content-type': each.type } : {}
  const path = addressOf(name, each, about)
  return app.call(methodOf(name), path, each.body?.(about, unique), { ...who, ...type })
}

test('the table names every route, with the access that it has, and no other', () => {
  const given = app.routes.map(({ method, url, open, scope }) => [
    `${method} ${url}`,
    open ? 'open' : (scope ?? 'login'),
  ])
  const known = Object.entries(table).map(([name, { access }]) => [
    name,
    access === 'anyone' || access === 'person' ? 'login' : access,
  ])
  assert.deepEqual(Object.fromEntries(given), Object.fromEntries(known))
  for (const { method, url } of app.routes)
    if (/[:*]/.test(url)) assert.ok(table[`${method} ${url}`]?.path, `${url} names no id`)
})

test("another workspace's ids are not found on any route, and nothing there changes", async () => {
  const before = await lookOver(zebra)
  const counts = await app.rowCounts()
  for (const name of names) {
    const answer = await send(name, table[name]!, apple, zebra, 'foreign')
    assert.equal(answer.status, 404, `${name}: ${answer.status} ${answer.text}`)
    assert.ok(!answer.text.includes('"zebra'), `${name} reveals: ${answer.text}`)
  }
  assert.deepEqual(await app.rowCounts(), counts)
  assert.deepEqual(await lookOver(zebra), before)
})

const nobody: Tenant = Object.fromEntries(
  Object.entries(zebra).map(([field, value]) => [
    field,
    typeof value === 'string' ? other(value) : value,
  ]),
) as unknown as Tenant // the same fields

/** As long and as well-formed, but nobody's. */
function other(id: string): string {
  return id
    .replace(/[0-9a-f](?=$|@)/, (digit) => (digit === '0' ? '1' : '0'))
    .replace('zebra', 'zobra')
}

test("another workspace's things are told from nothing by no answer", async () => {
  for (const name of names) {
    const foreign = await send(name, table[name]!, apple, zebra, 'foreign')
    const none = await send(name, table[name]!, apple, nobody, 'foreign')
    assert.deepEqual(withoutIds(foreign, zebra), withoutIds(none, nobody), name)
  }
})

function withoutIds(answer: Answer, of: Tenant) {
  const ids = Object.values(of).filter((value) => typeof value === 'string')
  const text = ids.reduce((rest, id) => rest.replaceAll(id, 'ID'), answer.text)
  return { status: answer.status, text: text.replace(/"request_id":"[^"]+"/, '') }
}

/** Bodies that name the other workspace's things, where the address names none or our own. */
const bodies: readonly [name: string, path: string, body: object, status: number][] = [
  ...['POST /notifications', 'POST /notifications/send'].flatMap((name) => {
    const path = name.slice(5)
    const base = { recipient_id: 'me', channel: 'email' }
    const content = { subject: 'a', message: 'b' }
    const variables = { template_variables: { name: 'a' } }
    return [
      [name, path, { ...base, template_id: zebra.template, ...variables }, 422],
      [name, path, { ...base, template_id: zebra.templateName, ...variables }, 422],
      [name, path, { ...base, ...content, sender_id: zebra.sender }, 422],
      [name, path, { channel: 'webhook', message: 'b', sender_id: zebra.sender }, 422],
      [name, path, { ...base, ...content, to: { email: 'x' }, sender_id: zebra.sender }, 422],
    ] as [string, string, object, number][]
  }),
  ['POST', `/contacts/${apple.contact}/merge`, { duplicate_id: zebra.duplicate }, 404],
  ['POST', `/contacts/${apple.contact}/merge`, { duplicate_id: 'zebra-duplicate' }, 404],
  ['POST', `/contacts/${apple.contact}/unmerge`, { duplicate_id: zebra.merged }, 409],
  ['POST', '/consents', { contact_id: zebra.contact, granted: true }, 404],
  ['POST', '/events', { name: 'a.b', contact_id: zebra.contact }, 422],
  ['POST', '/events', [{ name: 'a.b', contact_id: zebra.contact }], 422],
  ['POST', '/api/track/reply', { message_id: zebra.message }, 404],
  ['POST', '/api/track/reply', { recipient_id: zebra.externalId }, 404],
  ['POST', '/api/track/reply', { email: zebra.email }, 404],
]

for (const [name, path, body, status] of bodies) {
  test(`${name.split(' ')[0]} ${path.replace(apple.contact, ':id')} takes no ${Object.keys([body].flat()[0]!).join(', ')} of another workspace`, async () => {
    const counts = await app.rowCounts()
    const answer = await app.call('POST', path, body, apple.key)
    assert.equal(answer.status, status, answer.text)
    assert.deepEqual(await app.rowCounts(), counts)
  })
}

test('a workspace is not turned to by who does not belong to it', async () => {
  const wanted = { workspace_id: zebra.workspace }
  const answer = await app.call('PUT', '/auth/workspace', wanted, apple.session)
  assert.equal(answer.status, 404)
  for (const name of [zebra.workspace, zebra.mark]) {
    for (const who of [apple.key, apple.session]) {
      const read = await app.call('GET', '/contacts', undefined, { ...who, 'x-workspace': name })
      assert.equal(read.status, 404, read.text)
    }
  }
})

test('dead letters of another workspace are not sent again', async () => {
  const body = { ids: [zebra.message], status: 'failed' }
  const answer = await app.call('POST', '/notifications/redrive', body, apple.key)
  assert.deepEqual(answer.json, { requeued: 0, ids: [] })
})

test('the same names in two workspaces are two things', async () => {
  const contact = await app.call('POST', '/contacts', { external_id: zebra.externalId }, apple.key)
  assert.notEqual(contact.json.id, zebra.contact)
  assert.equal(contact.json.email, null)
  const event = { name: 'a.b', recipient_id: zebra.externalId, key: 'one' }
  const recorded = await app.call('POST', '/events', { ...event, key: 'zebra-one' }, apple.key)
  assert.equal(recorded.json.status, 'recorded')
  const body = { recipient_id: zebra.externalId, channel: 'sms', message: 'a', to: '0521234567' }
  const message = await app.call(
    'POST',
    '/notifications/send',
    { ...body, category: zebra.topic },
    { ...apple.key, 'idempotency-key': 'shared' },
  )
  assert.equal(message.json.contact_id, contact.json.id)
  assert.equal(message.json.kind, 'transactional') // their topic of this name is marketing
  const theirs = await app.call(
    'POST',
    '/notifications',
    { ...body, message: 'b' },
    {
      ...zebra.key,
      'idempotency-key': 'shared',
    },
  )
  assert.equal(theirs.status, 202)
})

/** Says back what this workspace itself asked for, with the other's ids: above. */
const ECHO = '/api-requests'
const lists = app.routes
  .filter(
    ({ method, url, open }) => method === 'GET' && !open && url !== ECHO && !url.includes(':'),
  )
  .map(({ url }) => url)

for (const url of lists) {
  test(`GET ${url} shows nothing of another workspace`, async () => {
    const paged = app.call('GET', `${url}?limit=100`, undefined, apple.session)
    let answer = await paged
    if (answer.status === 422) answer = await app.call('GET', url, undefined, apple.session)
    assert.equal(answer.status, 200, answer.text)
    for (const [field, id] of Object.entries(zebra)) {
      if (typeof id !== 'string' || ['externalId', 'topic', 'mark'].includes(field)) continue
      assert.ok(!answer.text.includes(id), `${field} ${id} in ${answer.text}`)
    }
  })
}

test('a cursor of another workspace leads nowhere but to our own rows', async () => {
  for (const url of lists) {
    const { json } = await app.call('GET', `${url}?limit=1`, undefined, zebra.session)
    if (!json?.next_cursor) continue
    const path = `${url}?cursor=${json.next_cursor}`
    const { text } = await app.call('GET', path, undefined, apple.session)
    assert.ok(!text.includes(zebra.contact) && !text.includes(zebra.message), `${url}: ${text}`)
  }
})

test('a cursor is of one list: every other list refuses it', async () => {
  const next = new Map<string, string>()
  for (const url of lists) {
    const { json } = await app.call('GET', `${url}?limit=1`, undefined, apple.session)
    if (json?.next_cursor) next.set(url, json.next_cursor)
  }
  assert.ok(next.size > 5, `${[...next.keys()]}`)
  for (const url of next.keys())
    for (const [of, cursor] of next) {
      const path = `${url}?limit=1&cursor=${cursor}`
      const { status, json } = await app.call('GET', path, undefined, apple.session)
      assert.equal(status, url === of ? 200 : 422, `${of} in ${url}: ${JSON.stringify(json)}`)
      if (status === 422) assert.equal(json.errors[0].pointer, '/cursor')
    }
})

test("the operator's key reaches each workspace by its name, and only that one", async () => {
  const operator = { authorization: `Bearer ${INSTANCE_KEY}` }
  for (const [of, not] of [
    [apple, zebra],
    [zebra, apple],
  ] as const) {
    const headers = { ...operator, 'x-workspace': of.mark }
    const { text } = await app.call('GET', '/notifications', undefined, headers)
    assert.ok(text.includes(of.message) && !text.includes(not.message))
  }
})

test('the same routes answer for our own ids', async () => {
  const failed: string[] = []
  for (const [name, each] of inOrder) {
    if (!each.path || sameForAll.has(name)) continue
    const answer = await send(name, each, apple, apple, 'own')
    if (answer.status >= 400) failed.push(`${name}: ${answer.status} ${answer.text}`)
  }
  assert.deepEqual(failed, [])
})

/** What a workspace sees of its own. */
async function lookOver(of: Tenant) {
  const paths = [
    `/contacts/${of.contact}`,
    `/templates/${of.template}`,
    `/providers/${of.sender}`,
    `/notifications/${of.message}`,
    `/members/${of.otherMember}`,
    `/api-keys/${of.apiKey}`,
    `/workspaces/${of.workspace}`,
    '/suppressions',
    '/topics',
  ]
  const answers = paths.map((path) => app.call('GET', path, undefined, of.session))
  return (await Promise.all(answers)).map(({ json }) => json)
}
