/**
 * Who may, on every route: without a login, without the scope, from another site's page; and
 * what each answer tells the browser. The table says how it should be.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Scope, scopes } from '../../src/workspaces/auth.ts'
import { startTestApp } from '../helpers/app.ts'
import { testDatabase } from '../helpers/database.ts'
import { addTenant } from '../helpers/tenant.ts'
import { addressOf, type Case, methodOf, table } from './table.ts'

const app = await startTestApp(await testDatabase(), { TRUST_PROXY: '127.0.0.1' })
const apple = await addTenant(app, 'apple')
const routes = Object.entries(table)
const guarded = routes.filter(([, { access }]) => access !== 'open')
const isScope = (access: Case['access']): access is Scope => access.includes(':')

function send(name: string, each: Case, headers: Record<string, string>) {
  const type = each.type ? { 'content-type': each.type } : {}
  const body = each.body?.(apple, 'access')
  return app.call(methodOf(name), addressOf(name, each, apple), body, { ...type, ...headers })
}

test('without a login, or with a wrong one, only what is for everybody answers', async () => {
  const before = await app.rowCounts()
  const wrong = [
    {},
    { authorization: 'Bearer wrong' },
    { authorization: `Bearer bk_live_${'a'.repeat(60)}` },
    { authorization: 'Basic YTpi' },
    { cookie: '__Host-sid=wrong', origin: apple.session.origin },
  ]
  for (const [at, [name, each]] of guarded.entries()) {
    for (const headers of wrong) {
      // From many networks: one that sends so many unknown keys would be told to wait.
      const from = { 'x-forwarded-for': `198.18.${at}.1` }
      const answer = await send(name, each, { ...headers, ...from })
      assert.equal(answer.status, 401, `${name}: ${answer.status} ${answer.text}`)
      assert.equal(answer.json.code, 'unauthenticated')
    }
  }
  assert.deepEqual(await app.rowCounts(), before)
})

test('a key with every scope but the one that a route needs is refused, and told which', async () => {
  const before = await app.rowCounts()
  for (const [name, each] of guarded) {
    if (!isScope(each.access)) continue
    const rest = scopes.filter((scope) => scope !== each.access)
    const answer = await send(name, each, await app.keyFor('apple', rest))
    assert.equal(answer.status, 403, `${name}: ${answer.status} ${answer.text}`)
    assert.match(answer.json.detail, new RegExp(each.access))
  }
  const made = (await app.rowCounts())['api_keys'] ?? 0
  assert.deepEqual(await app.rowCounts(['audit_entries', 'api_keys']), {
    ...Object.fromEntries(
      Object.entries(before).filter(([table_]) => !['audit_entries', 'api_keys'].includes(table_)),
    ),
  })
  assert.ok(made > (before['api_keys'] ?? 0))
})

test('a key with no other scope than the one that a route needs gets through', async () => {
  for (const [name, each] of guarded) {
    if (!isScope(each.access) || methodOf(name) !== 'GET') continue
    const answer = await send(name, each, await app.keyFor('apple', [each.access]))
    assert.equal(answer.status, 200, `${name}: ${answer.status} ${answer.text}`)
  }
})

test('a key is nobody: what is about a person is refused', async () => {
  for (const [name, each] of guarded) {
    if (each.access !== 'person' || name === 'POST /api/client/logout') continue
    const answer = await send(name, each, apple.key)
    const isLogout = name === 'POST /auth/logout'
    if (!isLogout) assert.equal(answer.status, 403, `${name}: ${answer.status} ${answer.text}`)
  }
})

const elsewhere: Readonly<Record<string, Record<string, string>>> = {
  'another site': { origin: 'https://evil.example' },
  'a site whose name begins like ours': { origin: 'https://beckon.test.evil.example' },
  'our host over http': { origin: 'http://beckon.test' },
  'a sandboxed page': { origin: 'null' },
  'nowhere said': {},
  'another site, by Sec-Fetch-Site': {
    origin: apple.session.origin,
    'sec-fetch-site': 'cross-site',
  },
  'a sister site': { 'sec-fetch-site': 'same-site' },
}

for (const [whence, headers] of Object.entries(elsewhere)) {
  test(`no change with the session's cookie comes from ${whence}`, async () => {
    const before = await app.rowCounts()
    for (const [name, each] of guarded) {
      if (methodOf(name) === 'GET') continue
      const answer = await send(name, each, { cookie: apple.session.cookie, ...headers })
      assert.equal(answer.status, 403, `${name}: ${answer.status} ${answer.text}`)
    }
    assert.deepEqual(await app.rowCounts(), before)
  })
}

test('forms and plain text change nothing, whatever their origin', async () => {
  const before = await app.rowCounts()
  const types = [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data;boundary=b',
  ]
  for (const [name, each] of guarded) {
    if (methodOf(name) === 'GET' || !each.body || each.type) continue
    for (const type of types) {
      const path = addressOf(name, each, apple)
      const body = JSON.stringify(each.body(apple, 'form'))
      const headers = { ...apple.session, 'content-type': type }
      const answer = await app.call(methodOf(name), path, body, headers)
      assert.equal(answer.status, 415, `${name} ${type}: ${answer.status} ${answer.text}`)
    }
  }
  assert.deepEqual(await app.rowCounts(), before)
})

/** Files of the documentation are public and the same for all. */
const cacheable = /^\/api\/docs\//
const tracking = /^GET \/api\/track\//

test('every answer keeps browsers from sniffing, framing, sharing and keeping it', async () => {
  for (const [name, each] of routes) {
    for (const headers of [
      {},
      apple.key,
      apple.session,
      { ...apple.key, origin: 'https://evil.example' },
    ]) {
      if (/logout|totp|DELETE/.test(name) && headers !== apple.key) continue
      const answer = await send(name, each, headers)
      const said = `${name}: ${answer.status} ${JSON.stringify([...answer.headers])}`
      const header = (field: string) => answer.headers.get(field) ?? ''
      assert.equal(header('x-content-type-options'), 'nosniff', said)
      assert.ok(header('referrer-policy'), said)
      assert.equal(header('access-control-allow-origin'), '', said)
      assert.equal(header('access-control-allow-credentials'), '', said)
      assert.equal(header('server') + header('x-powered-by'), '', said)
      if (cacheable.test(addressOf(name, each, apple))) continue
      assert.match(header('cache-control'), /no-store/, said)
      if (header('content-type').startsWith('image/')) continue
      assert.match(header('content-security-policy'), /frame-ancestors 'none'/, said)
      assert.match(header('content-security-policy'), /default-src 'none'/, said)
      assert.equal(header('x-frame-options'), 'DENY', said)
      assert.equal(header('cross-origin-opener-policy'), 'same-origin', said)
      if (tracking.test(name)) continue // answered to mail programs, before any of this
      assert.equal(header('cross-origin-resource-policy'), 'same-origin', said)
      assert.match(header('strict-transport-security'), /max-age=31536000/, said)
    }
  }
})

test('what is no route says so, with the same headers, and no preflight is answered', async () => {
  for (const [method, path] of [
    ['GET', '/nothing'],
    ['POST', '/contacts/a/b/c/d'],
    ['OPTIONS', '/contacts'],
    ['PATCH', '/contacts/x'],
    ['GET', '//contacts'],
    ['GET', '/CONTACTS'],
    ['GET', '/contacts/'],
    ['GET', '/contacts/../audit'],
  ] as const) {
    const answer = await app.call(method, path, undefined, {
      origin: 'https://evil.example',
      'access-control-request-method': 'POST',
    })
    assert.ok([404, 401].includes(answer.status), `${method} ${path}: ${answer.status}`)
    assert.match(answer.headers.get('content-type') ?? '', /problem\+json/)
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
    assert.equal(answer.headers.get('access-control-allow-origin'), null)
  }
})

test("the session's cookie is bound to the host and out of reach for scripts", async () => {
  const login = { email: apple.memberEmail, password: 'violet tractor ninety' }
  const answer = await app.call('POST', '/auth/login', login)
  for (const cookie of answer.headers.getSetCookie())
    assert.match(
      cookie,
      /^__Host-\w+=[^;]+;(?=.* Path=\/)(?=.* HttpOnly)(?=.* Secure)(?=.* SameSite=Lax)(?!.*Domain)/,
    )
})
