/** Signing in, staying signed in, and being locked out, over HTTP and a real database. */
import assert from 'node:assert/strict'
import { pbkdf2Sync, scryptSync } from 'node:crypto'
import { test } from 'node:test'
import { accessServer, ORIGIN, PASSWORD } from '../../../test/helpers/accessServer.ts'
import { testDatabase } from '../../../test/helpers/database.ts'

const database = await testDatabase()
const { clock, db } = database
const { addMember, addWorkspace, send, signIn } = await accessServer(database)
const plain = await accessServer(database, { PUBLIC_URL: 'http://localhost:8000' })

let host = 0
/** Each test is somebody else, somewhere else. */
const elsewhere = () => ({ 'x-forwarded-for': `203.0.${++host}.7` })
const me = (headers: Record<string, string>) => send('GET', '/auth/me', null, headers)

test('signing in by email or user name, in any case, opens a session', async () => {
  const member = await addMember('admin')
  for (const name of [
    { email: member.email.toUpperCase() },
    { email: member.userName! },
    { user_name: member.userName!.toUpperCase() },
  ]) {
    const answer = await send('POST', '/auth/login', { ...name, password: PASSWORD })
    assert.equal(answer.statusCode, 200)
    assert.equal(answer.json().role, 'admin')
    assert.equal(answer.json().member.id, member.id)
  }
  const { headers } = await signIn(member)
  const answer = await me(headers)
  assert.equal(answer.json().kind, 'session')
  assert.equal(answer.json().role, 'admin')
  assert.ok(answer.json().scopes.includes('keys:write'))
  const [row] = await db.engine`select last_login from members where id = ${member.id}`
  assert.deepEqual(row?.['lastLogin'], clock.now())
})

test('the cookie is bound to the host over https and plain over http', async () => {
  const member = await addMember('viewer')
  const { answer } = await signIn(member)
  const header = [answer.headers['set-cookie']]
    .flat()
    .find((text) => text?.startsWith('__Host-sid='))
  assert.match(header!, /^__Host-sid=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
  assert.equal(answer.json().secure_cookie, true)
  const http = await plain.signIn(member)
  assert.ok(http.cookies['sid'])
  assert.equal(http.answer.cookies.find(({ name }) => name === 'sid')?.secure, undefined)
  assert.equal(http.answer.json().secure_cookie, false)
})

test('the token is not stored', async () => {
  const { cookies } = await signIn(await addMember('viewer'))
  const rows =
    await db.engine`select token_hash from sessions where token_hash = ${cookies['__Host-sid']!}`
  assert.equal(rows.length, 0)
})

test('an unknown account gets the same answer as a wrong password', async () => {
  const member = await addMember('viewer')
  const wrong = await send(
    'POST',
    '/auth/login',
    { email: member.email, password: 'something else' },
    elsewhere(),
  )
  const unknown = await send(
    'POST',
    '/auth/login',
    { email: 'nobody@example.com', password: 'something else' },
    elsewhere(),
  )
  assert.equal(wrong.statusCode, 401)
  const same = ({ body }: { body: string }) => ({ ...JSON.parse(body), request_id: '' })
  assert.deepEqual(same(wrong), same(unknown))
})

test('five failures lock an account out from one network, known or not, and the window ends', async () => {
  const member = await addMember('viewer')
  for (const email of [member.email, 'stranger@example.com']) {
    const from = elsewhere()
    for (let i = 0; i < 5; i++) {
      assert.equal(
        (await send('POST', '/auth/login', { email, password: 'wrong' }, from)).statusCode,
        401,
      )
    }
    const locked = await send('POST', '/auth/login', { email, password: PASSWORD }, from)
    assert.equal(locked.statusCode, 429)
    assert.equal(locked.headers['retry-after'], '900')
  }
  assert.equal(
    (await signIn(member, {}, elsewhere())).answer.statusCode,
    200,
    'another network is not locked',
  )
  clock.forward({ minutes: 15 })
  const from = { 'x-forwarded-for': `203.0.${host - 2}.99` }
  assert.equal((await signIn(member, {}, from)).answer.statusCode, 200)
})

test('addresses of one IPv6 network count together', async () => {
  const member = await addMember('viewer')
  const tries = Array.from({ length: 6 }, (_, i) =>
    send(
      'POST',
      '/auth/login',
      { email: member.email, password: 'wrong' },
      { 'x-forwarded-for': `2001:db8:1:2::${i + 1}` },
    ),
  )
  const codes = (await Promise.all(tries)).map((answer) => answer.statusCode).sort()
  assert.deepEqual(codes, [401, 401, 401, 401, 401, 429], 'also when they come at once')
})

test('twenty failures from everywhere lock the account, but not on a device that it knows', async () => {
  const member = await addMember('owner')
  const { cookies } = await signIn(member)
  for (let i = 0; i < 20; i++)
    await send('POST', '/auth/login', { email: member.email, password: 'wrong' }, elsewhere())
  assert.equal((await signIn(member, {}, elsewhere())).answer.statusCode, 429)
  const device = { cookie: `__Host-device=${cookies['__Host-device']}`, ...elsewhere() }
  assert.equal((await signIn(member, {}, device)).answer.statusCode, 200)
  const other = await addMember('owner')
  for (let i = 0; i < 20; i++)
    await send('POST', '/auth/login', { email: other.email, password: 'wrong' }, elsewhere())
  assert.equal(
    (await signIn(other, {}, device)).answer.statusCode,
    429,
    'a device is known to one account only',
  )
})

test('a header that no proxy of ours set does not change the network', async () => {
  const untrusted = await accessServer(database, { TRUST_PROXY: '192.0.2.1' })
  const member = await addMember('viewer')
  const codes = []
  for (let i = 0; i < 6; i++) {
    const answer = await untrusted.send(
      'POST',
      '/auth/login',
      { email: member.email, password: 'wrong' },
      elsewhere(),
    )
    codes.push(answer.statusCode)
  }
  assert.equal(codes.at(-1), 429)
})

test('passwords of Django and Werkzeug work and are stored anew', async () => {
  const derived = pbkdf2Sync(PASSWORD, 'salt', 1000, 32, 'sha256')
  const hashes = [
    `pbkdf2_sha256$1000$salt$${derived.toString('base64')}`,
    `pbkdf2:sha256:1000$salt$${derived.toString('hex')}`,
    `scrypt:1024:8:1$salt$${scryptSync(PASSWORD, 'salt', 64, { N: 1024, r: 8, p: 1 }).toString('hex')}`,
  ]
  for (const passwordHash of hashes) {
    const member = await addMember('client', { passwordHash })
    const wrong = await send(
      'POST',
      '/auth/login',
      { email: member.email, password: 'wrong' },
      elsewhere(),
    )
    assert.equal(wrong.statusCode, 401)
    assert.equal((await signIn(member)).answer.statusCode, 200)
    const [row] = await db.engine`select password_hash from members where id = ${member.id}`
    assert.match(row?.['passwordHash'], /^\$argon2id\$v=19\$m=47104,t=1,p=1\$/)
    assert.equal((await signIn(member)).answer.statusCode, 200)
  }
})

test('a session ends when idle, and after 14 days of use', async () => {
  const member = await addMember('viewer')
  const { headers } = await signIn(member)
  clock.forward({ minutes: 29 })
  assert.equal((await me(headers)).statusCode, 200)
  clock.forward({ minutes: 29 })
  assert.equal((await me(headers)).statusCode, 200, 'use renews it')
  clock.forward({ minutes: 30 })
  assert.equal((await me(headers)).statusCode, 401)
  const used = await signIn(member)
  await db.engine`update sessions set seen_at = ${clock.now()} + interval '14 days' - interval '1 minute' where member_id = ${member.id}`
  clock.forward({ days: 13, hours: 23, minutes: 59 })
  assert.equal((await me(used.headers)).statusCode, 200)
  clock.forward({ minutes: 1 })
  assert.equal((await me(used.headers)).statusCode, 401)
})

test('what a page reads while nobody touches it does not keep a session alive', async () => {
  const { headers } = await signIn(await addMember('viewer'))
  clock.forward({ minutes: 20 })
  assert.equal((await me({ ...headers, 'x-unattended': '1' })).statusCode, 200)
  clock.forward({ minutes: 10 })
  assert.equal((await me(headers)).statusCode, 401)
})

test('a remembered device stays signed in for 30 idle days, but sensitive acts ask again', async () => {
  const member = await addMember('owner')
  const { headers, answer } = await signIn(member, { remember: true })
  assert.ok(answer.cookies.find(({ name }) => name === '__Host-sid')?.expires)
  clock.forward({ days: 29 })
  assert.equal((await me(headers)).statusCode, 200)
  const body = { name: 'n8n', scopes: ['messages:write'] }
  const refused = await send('POST', '/api-keys', body, headers)
  assert.equal(refused.statusCode, 403)
  assert.equal(refused.json().code, 'reauthentication_required')
  const verified = await send('POST', '/auth/verify', { password: PASSWORD }, headers)
  assert.equal(verified.statusCode, 204)
  const sid = verified.cookies.find(({ name }) => name === '__Host-sid')?.value
  assert.equal((await me(headers)).statusCode, 401, 'the token is another one now')
  const fresh = { cookie: `__Host-sid=${sid}`, origin: ORIGIN }
  assert.equal((await send('POST', '/api-keys', body, fresh)).statusCode, 201)
  clock.forward({ minutes: 11 })
  assert.equal((await send('POST', '/api-keys', body, fresh)).statusCode, 403)
})

test('signing out ends the session', async () => {
  const { headers } = await signIn(await addMember('viewer'))
  const out = await send('POST', '/auth/logout', null, headers)
  assert.equal(out.statusCode, 204)
  assert.equal(out.cookies[0]?.value, '')
  assert.equal((await me(headers)).statusCode, 401)
})

test('a change of password ends the other sessions and needs the present one', async () => {
  const member = await addMember('viewer')
  const [here, there, anywhere] = [await signIn(member), await signIn(member), await signIn(member)]
  const change = (body: object) => send('PUT', '/auth/password', body, here.headers)
  assert.equal(
    (await change({ current_password: 'wrong', password: 'seven green umbrellas' })).statusCode,
    401,
  )
  const weak = await change({ current_password: PASSWORD, password: 'P@ssw0rd2024!' })
  assert.equal(weak.statusCode, 422)
  assert.equal(weak.json().errors[0].pointer, '/password')
  assert.equal(
    (await change({ current_password: PASSWORD, password: 'seven green umbrellas' })).statusCode,
    204,
  )
  assert.equal((await me(here.headers)).statusCode, 200)
  assert.equal((await me(there.headers)).statusCode, 401)
  assert.equal((await me(anywhere.headers)).statusCode, 401)
  assert.equal((await signIn(member)).answer.statusCode, 401)
  assert.equal((await signIn(member, { password: 'seven green umbrellas' })).answer.statusCode, 200)
})

test('sessions are listed and ended one by one, and only by their own person', async () => {
  const member = await addMember('viewer')
  const [here, there] = [await signIn(member), await signIn(member)]
  const stranger = await signIn(await addMember('owner'))
  const { data } = (await send('GET', '/auth/sessions', null, here.headers)).json()
  assert.equal(data.length, 2)
  const other = data.find((session: { current: boolean }) => !session.current)
  assert.equal(
    (await send('DELETE', `/auth/sessions/${other.id}`, null, stranger.headers)).statusCode,
    404,
  )
  assert.equal(
    (await send('DELETE', `/auth/sessions/${other.id}`, null, here.headers)).statusCode,
    204,
  )
  assert.equal((await me(there.headers)).statusCode, 401)
  assert.equal((await me(here.headers)).statusCode, 200)
})

test('a person of two workspaces chooses one, and may turn to the other', async () => {
  const other = await addWorkspace('second-home')
  const member = await addMember('viewer')
  await db.engine`
    insert into memberships (workspace_id, member_id, role, created_at)
    values (${other.id}, ${member.id}, 'owner', ${clock.now()})
  `
  const { headers } = await signIn(member, { workspace: 'second-home' })
  assert.equal((await me(headers)).json().role, 'owner')
  const { workspaces } = (await me(headers)).json()
  const home = workspaces.find(({ slug }: { slug: string }) => slug === 'default')
  assert.equal(
    (await send('PUT', '/auth/workspace', { workspace_id: home.id }, headers)).statusCode,
    204,
  )
  assert.equal((await me(headers)).json().role, 'viewer')
  const third = await addWorkspace('third')
  assert.equal(
    (await send('PUT', '/auth/workspace', { workspace_id: third.id }, headers)).statusCode,
    404,
  )
  assert.equal((await signIn(member, { workspace: 'third' })).answer.statusCode, 403)
})
