/** Every route of the room: who may, whose it is, and what a body may not say. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accessServer, bearer, INSTANCE_KEY, PASSWORD } from '../../test/helpers/accessServer.ts'
import { testDatabase } from '../../test/helpers/database.ts'
import { type Role, roles, scopes } from './auth.ts'

const database = await testDatabase()
const { db } = database
const { addKey, addMember, addWorkspace, home, routes, send, signIn } = await accessServer(database)

type Who = 'everybody' | 'anyone' | Role
/** The least role that may; `everybody` needs no login, `anyone` needs any. */
const least: Record<string, Who> = {
  'POST /setup': 'everybody',
  'GET /setup/:token': 'everybody',
  'POST /setup/:token': 'everybody',
  'POST /auth/login': 'everybody',
  'POST /auth/invitations/accept': 'everybody',
  'POST /auth/password-reset': 'everybody',
  'POST /api/client/login': 'everybody',
  'POST /auth/logout': 'anyone',
  'POST /auth/verify': 'anyone',
  'PUT /auth/password': 'anyone',
  'POST /auth/totp': 'anyone',
  'POST /auth/totp/confirmation': 'anyone',
  'DELETE /auth/totp': 'anyone',
  'GET /auth/me': 'anyone',
  'PUT /auth/me': 'anyone',
  'PUT /auth/workspace': 'anyone',
  'GET /auth/sessions': 'anyone',
  'DELETE /auth/sessions/:id': 'anyone',
  'POST /api/client/logout': 'anyone',
  'POST /api/client/change-password': 'anyone',
  'GET /members': 'admin',
  'GET /members/invitations': 'admin',
  'GET /members/:id': 'admin',
  'POST /members': 'admin',
  'POST /members/invitations': 'admin',
  'PUT /members/:id': 'admin',
  'DELETE /members/:id': 'admin',
  'DELETE /members/invitations/:id': 'admin',
  'POST /members/:id/password-reset': 'admin',
  'GET /api-keys': 'admin',
  'GET /api-keys/:id': 'admin',
  'POST /api-keys': 'admin',
  'POST /api-keys/:id/rotate': 'admin',
  'DELETE /api-keys/:id': 'admin',
  'GET /workspaces': 'owner',
  'POST /workspaces': 'owner',
  'GET /workspaces/:id': 'owner',
  'PUT /workspaces/:id': 'owner',
  'GET /workspaces/:id/brand': 'owner',
  'PUT /workspaces/:id/brand': 'owner',
  'GET /audit': 'admin',
  'GET /audit/verification': 'admin',
}

const NOWHERE = '01900000-0000-7000-8000-000000000000'
const nameOf = ({ method, url }: { method: string; url: string }) => `${method} ${url}`
type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'
const ask = (name: string, headers: Record<string, string>, id = NOWHERE) => {
  const [method, url] = name.split(' ') as [Method, string]
  const body = method === 'POST' || method === 'PUT' ? {} : null
  return send(method, url.replace(':id', id), body, headers)
}

test('the table below names every route, and no other', () => {
  assert.deepEqual([...new Set(routes.map(nameOf))].sort(), Object.keys(least).sort())
})

test('without a login, only what is for everybody answers', async () => {
  for (const [name, who] of Object.entries(least)) {
    const { statusCode } = await ask(name, {})
    if (who === 'everybody') assert.ok([404, 422].includes(statusCode), name)
    else assert.equal(statusCode, 401, name)
  }
})

for (const role of roles) {
  test(`the role ${role} may do exactly what the table says`, async () => {
    const member = await addMember(role)
    for (const [name, who] of Object.entries(least)) {
      if (name === 'POST /auth/logout' || name === 'POST /api/client/logout') continue // would end it
      const { headers } = await sessionOf(member)
      const { statusCode } = await ask(name, headers)
      const may =
        who === 'everybody' || who === 'anyone' || roles.indexOf(role) <= roles.indexOf(who)
      if (may) assert.notEqual(statusCode, 403, name)
      else assert.equal(statusCode, 403, name)
    }
  })
}

const open = new Map<string, Awaited<ReturnType<typeof signIn>>>()
/** One login for each member, renewed when the request before ended it. */
async function sessionOf(member: { id: string; email: string }) {
  const known = open.get(member.id)
  if (known && (await send('GET', '/auth/me', null, known.headers)).statusCode === 200) return known
  const fresh = await signIn(member)
  open.set(member.id, fresh)
  return fresh
}

test('a key without scopes of the room may only say who it is', async () => {
  const { key } = await addKey(['messages:write'])
  for (const [name, who] of Object.entries(least)) {
    const { statusCode } = await ask(name, bearer(key))
    if (who === 'everybody') continue
    const allowed = [
      'GET /auth/me',
      'PUT /auth/me',
      'POST /auth/verify',
      'PUT /auth/password',
      'POST /auth/totp/confirmation',
      'PUT /auth/workspace',
      'POST /api/client/change-password',
      'DELETE /auth/sessions/:id',
    ]
    if (allowed.includes(name)) assert.ok([200, 422].includes(statusCode), name)
    else assert.equal(statusCode, 403, name)
  }
})

test("another workspace's ids are not found, and change nothing there", async () => {
  const other = await addWorkspace('neighbour')
  const member = await addMember('editor', { workspace: other })
  const key = await addKey(scopes, other)
  const ids: Record<string, string> = {
    members: member.id,
    'api-keys': key.id,
    workspaces: other.id,
  }
  const mine = await addKey(scopes)
  const owner = await signIn(await addMember('owner'))
  const bodies: Record<string, object> = {
    'PUT /members/:id': { role: 'viewer' },
    'PUT /workspaces/:id': { name: 'Mine' },
    'PUT /workspaces/:id/brand': { color: null, logo: null },
  }
  for (const headers of [bearer(mine.key), owner.headers]) {
    for (const name of Object.keys(least).filter(
      (each) => each.includes('/:id') && !each.includes('sessions'),
    )) {
      const [method, url] = name.split(' ') as [Method, string]
      const path = url.replace(':id', ids[url.split('/')[1]!]!)
      const answer = await send(method, path, bodies[name] ?? null, headers)
      assert.equal(answer.statusCode, 404, `${name} ${answer.body}`)
      assert.equal(answer.json().code, 'not_found')
    }
    for (const list of ['/members', '/api-keys', '/audit', '/workspaces']) {
      const answer = await send('GET', `${list}?limit=100`, null, headers)
      const strange = [member.id, key.id, other.id].filter((id) => answer.body.includes(id))
      assert.deepEqual(strange, [], list)
    }
  }
  const there = { ...bearer(INSTANCE_KEY), 'x-workspace': 'neighbour' }
  assert.equal((await send('GET', `/members/${member.id}`, null, there)).json().role, 'editor')
  assert.equal((await send('GET', '/auth/me', null, bearer(key.key))).statusCode, 200)
})

test('fields that are not asked for are refused by name', async () => {
  const { key } = await addKey(scopes)
  const good: Record<string, object> = {
    'POST /members': { email: 'new@example.com', role: 'viewer', password: PASSWORD },
    'POST /members/invitations': { email: 'new@example.com', role: 'viewer' },
    'POST /api-keys': { name: 'x', scopes: ['messages:read'] },
    'POST /workspaces': { slug: 'x', name: 'x' },
    [`PUT /workspaces/${home.id}`]: { name: 'x' },
    'PUT /auth/me': { full_name: 'x' },
    'POST /auth/login': { email: 'new@example.com', password: 'x' },
    'POST /auth/password-reset': { token: 'x', password: 'x' },
  }
  for (const [name, body] of Object.entries(good)) {
    const [method, url] = name.split(' ') as [Method, string]
    for (const field of [
      'id',
      'workspace_id',
      'tenant_id',
      'created_at',
      'created_by',
      'is_owner',
      'password_hash',
    ]) {
      const answer = await send(method, url, { ...body, [field]: 'x' }, bearer(key))
      assert.equal(answer.statusCode, 422, `${name} ${field}`)
      assert.ok(JSON.stringify(answer.json().errors).includes(field), `${name} ${field}`)
    }
  }
  const [{ count }] = await db.engine<
    [{ count: number }]
  >`select count(*)::int as count from members where email = 'new@example.com'`
  assert.equal(count, 0)
})
