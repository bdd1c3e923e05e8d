/**
 * Bodies and queries say what they may say and nothing else: no field that was not asked for
 * (mass assignment), none that reaches a prototype, and no text that becomes SQL.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestApp } from '../helpers/app.ts'
import { testDatabase } from '../helpers/database.ts'
import { addTenant } from '../helpers/tenant.ts'
import { describe } from './describe.ts'
import { addressOf, type Case, methodOf, table } from './table.ts'

const app = await startTestApp(await testDatabase())
const apple = await addTenant(app, 'apple')
const zebra = await addTenant(app, 'zebra')
const { operations } = await describe(app)

const writes = Object.entries(table).filter(([, { body, type }]) => body && type === undefined) as [
  string,
  Case & Required<Pick<Case, 'body'>>,
][]
const isCallback = (name: string) => name.includes('/webhook/') // takes whatever a vendor sends

function send(name: string, each: Case, body: unknown) {
  const who = each.access === 'person' ? apple.session : each.access === 'open' ? {} : apple.key
  return app.call(methodOf(name), addressOf(name, each, apple), body, who)
}

/** What nobody may set about themselves. */
const smuggled = {
  workspace_id: zebra.workspace,
  tenant_id: zebra.workspace,
  client_id: zebra.workspace,
  id: zebra.contact,
  created_at: '2020-01-01T00:00:00Z',
  created_by: zebra.member,
  is_admin: true,
  origin: 'builtin',
}

test('a field that was not asked for is refused by name, on every body', async () => {
  const before = await app.rowCounts()
  for (const [name, each] of writes) {
    if (isCallback(name)) continue
    for (const [field, value] of Object.entries(smuggled)) {
      if (field in (each.body(apple, '') as object)) continue
      const body = { ...(each.body(apple, 'smuggled') as object), [field]: value }
      const answer = await send(name, each, body)
      assert.equal(answer.status, 422, `${name} ${field}: ${answer.status} ${answer.text}`)
      const pointers = answer.json.errors.map(({ pointer }: { pointer: string }) => pointer)
      assert.ok(pointers.includes(`/${field}`), `${name} ${field}: ${answer.text}`)
    }
  }
  assert.deepEqual(await app.rowCounts(), before)
})

test('each route of the table that takes JSON is described as taking it, and the other way round', () => {
  const described = operations.filter(({ body }) => body).map(({ name }) => name)
  const known = writes.map(([name]) => name).filter((name) => !isCallback(name))
  assert.deepEqual(described.toSorted(), known.toSorted())
})

const polluting = [
  '{"__proto__":{"polluted":"yes"}}',
  '{"a":{"__proto__":{"polluted":"yes"}}}',
  '{"\\u005f\\u005fproto__":{"polluted":"yes"}}',
  '{"_\\u005Fproto\\u005F_":{"polluted":"yes"}}',
  '[{"__proto__":{"polluted":"yes"}}]',
]

test('__proto__ is malformed wherever it stands', async () => {
  const before = await app.rowCounts()
  for (const [name, each] of writes) {
    if (isCallback(name)) continue
    for (const body of polluting) {
      const answer = await send(name, each, body)
      assert.equal(answer.status, 400, `${name} ${body}: ${answer.status} ${answer.text}`)
      assert.match(answer.json.errors[0].pointer, /__proto__$/)
    }
  }
  assert.deepEqual(await app.rowCounts(), before)
})

test('names of prototypes in free fields are names like others, and pollute nothing', async () => {
  const own = Object.getOwnPropertyNames(Object.prototype)
  const traits = { constructor: { prototype: { polluted: 'yes' } }, prototype: 1, toString: 'a' }
  const body = { external_id: 'constructor', traits, tags: ['__proto__'] }
  const { json } = await app.call('POST', '/contacts', body, apple.key)
  assert.deepEqual(json.traits, traits)
  const read = await app.call('GET', '/contacts/constructor', undefined, apple.key)
  assert.equal(read.json.id, json.id)
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    await app.call('POST', '/topics', { key: name.replaceAll('_', '') || name }, apple.key)
    const message = {
      recipient_id: name,
      channel: 'email',
      template_id: name,
      template_variables: { [`${name}_`]: 1 },
    }
    const sent = await app.call('POST', '/notifications', message, apple.key)
    assert.equal(sent.status, 422, sent.text)
    const rendered = await app.call(
      'POST',
      `/templates/${apple.template}/test`,
      { template_variables: { name: { constructor: { prototype: { polluted: 'yes' } } } } },
      apple.key,
    )
    assert.ok(rendered.status < 500, rendered.text)
  }
  for (const query of [
    '__proto__[polluted]=yes',
    'constructor.prototype.polluted=yes',
    '__proto__=a',
  ]) {
    const answer = await app.call('GET', `/contacts?${query}`, undefined, apple.key)
    assert.ok([200, 422].includes(answer.status), answer.text)
  }
  const csv = '__proto__,constructor,external_id\npolluted,yes,someone\n'
  const headers = { ...apple.key, 'content-type': 'text/csv' }
  assert.ok((await app.call('POST', '/contacts/imports', csv, headers)).status < 500)
  assert.deepEqual(Object.getOwnPropertyNames(Object.prototype), own)
  assert.equal(Reflect.get({}, 'polluted'), undefined)
})

const injections = [
  "'",
  "' or '1'='1",
  "'; drop table contacts; --",
  "\\'; select pg_sleep(9); --",
  '" or ""="',
  ') or 1=1 --',
  '1; select 1',
  "' union select pepper from workspaces --",
  '%',
  '_',
  '\\',
  '%%%%\\%_',
  '$1',
  '{}',
  '[]',
  '-1',
  '1e9',
  '9999999999999999999999',
  'NaN',
  'null',
  '0x10',
  '/*',
  "a'||(select current_user)||'",
  '\u202e\u200b',
  '𝕬',
  'null\u0001',
  '*',
  '-id',
  'id desc; --',
  'created_at',
  '2026-13-45',
  '2026-01-01T00:00:00',
  'e'.repeat(3_000),
]

test('no text in a query becomes SQL, and no query shows what is not ours', async () => {
  const known = operations.filter(
    ({ method, parameters }) => method === 'GET' && parameters.some((each) => each.in === 'query'),
  )
  assert.ok(known.length > 10)
  for (const { name, parameters } of known) {
    const [address, given = ''] = addressOf(name, table[name]!, apple).split('?')
    for (const { name: field, in: place } of parameters) {
      if (place !== 'query') continue
      for (const text of injections) {
        const query = new URLSearchParams(given)
        query.set(field, text)
        const answer = await app.call('GET', `${address}?${query}`, undefined, apple.key)
        assert.ok(
          [200, 404, 422].includes(answer.status),
          `${name} ${field}=${text}: ${answer.text}`,
        )
        assert.ok(!answer.text.includes(zebra.contact) && !answer.text.includes(zebra.message))
        if (answer.status !== 422) continue
        assert.equal(answer.json.errors[0].pointer, `/${field}`, answer.text)
      }
    }
  }
})

test('a query is held to what is asked for: nothing unknown, nothing twice', async () => {
  for (const { name, parameters, method } of operations) {
    if (method !== 'GET' || !parameters.some((each) => each.in === 'query')) continue
    const [address] = addressOf(name, table[name]!, apple).split('?')
    for (const query of [
      'sort=id%20desc',
      'order=1',
      'limit=1&limit=2',
      'workspace_id=x',
      'a[b]=c',
    ]) {
      if (!parameters.some((each) => each.name === 'limit') && query.startsWith('limit')) continue
      const answer = await app.call('GET', `${address}?${query}`, undefined, apple.key)
      assert.equal(answer.status, 422, `${name}?${query}: ${answer.status} ${answer.text}`)
    }
  }
})

test('no text in an address becomes SQL', async () => {
  for (const [name, each] of Object.entries(table)) {
    if (!each.path || methodOf(name) !== 'GET' || each.access === 'open') continue
    const ids = Object.values(apple).filter(
      (value) => typeof value === 'string' && value.length > 8,
    )
    for (const text of injections) {
      const path = ids.reduce<string>(
        (address, id) => address.replace(String(id), encodeURIComponent(text)),
        each.path(apple),
      )
      const answer = await app.call('GET', path, undefined, apple.key)
      assert.ok(
        [404, 422].includes(answer.status),
        `${name} ${text}: ${answer.status} ${answer.text}`,
      )
    }
  }
})

test('a NUL in an address is malformed, and broken percent-encoding too', async () => {
  for (const path of [
    '/contacts/%00',
    '/contacts/a%00b',
    '/contacts?q=%00',
    '/contacts/%ff',
    '/contacts/%E0%A4%A',
    '/contacts/%',
    '/notifications?q=%C3%28',
    '/suppressions/email/%00@example.com',
    '/u/%00',
    '/webhook/%00/%00',
  ]) {
    const answer = await app.call('GET', path, undefined, apple.key)
    assert.match(answer.headers.get('content-type') ?? '', /problem\+json|html/)
    assert.equal(answer.status, 400, `${path}: ${answer.text}`)
  }
})
