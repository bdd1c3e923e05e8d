/** How people come into a workspace, what they may do to each other, and how they leave. */
import assert from 'node:assert/strict'
import { pbkdf2Sync } from 'node:crypto'
import { test } from 'node:test'
import { accessServer, bearer, INSTANCE_KEY, PASSWORD } from '../../../test/helpers/accessServer.ts'
import { testDatabase } from '../../../test/helpers/database.ts'
import { createSetupLink, ensureOwner } from './setupOwner.ts'

const database = await testDatabase()
const { clock, db } = database
const { access, addMember, addWorkspace, home, send, server, signIn } = await accessServer(database)

const NEW_PASSWORD = 'forty quiet penguins'
const tokenOf = (url: string) => url.split('#')[1]
const email = (name: string) => ({ email: `${name}@example.com` })

test('the first owner comes by a link that works once', async () => {
  const link = await createSetupLink(db, access.config, home.id)
  const earlier = link!.token
  const { token, url } = (await createSetupLink(db, access.config, home.id))!
  assert.match(url, /^https:\/\/beckon\.test\/setup\/[\w-]{43}$/)
  const setup = (more: object = {}) =>
    send('POST', '/setup', {
      token,
      ...email('ada'),
      password: NEW_PASSWORD,
      full_name: 'Ada',
      ...more,
    })
  assert.equal((await setup({ token: earlier })).statusCode, 404, 'only the latest works')
  assert.equal((await setup({ password: 'short' })).statusCode, 422)
  assert.equal((await setup({ token: 'x'.repeat(43) })).statusCode, 404)
  const answers = await Promise.all([setup(), setup(email('grace'))])
  assert.deepEqual(answers.map(({ statusCode }) => statusCode).sort(), [201, 409])
  assert.ok(
    answers
      .find(({ statusCode }) => statusCode === 201)
      ?.cookies.some(({ name }) => name === '__Host-sid'),
  )
  assert.equal(await createSetupLink(db, access.config, home.id), null)
})

test('a link for the owner is past after a day', async () => {
  const other = await addWorkspace('late')
  const { token } = (await createSetupLink(db, access.config, other.id))!
  clock.forward({ hours: 24 })
  assert.equal(
    (await send('POST', '/setup', { token, ...email('late'), password: NEW_PASSWORD })).statusCode,
    404,
  )
})

test('the environment makes the owner once, also in two processes at once', async () => {
  const other = await addWorkspace('by-environment')
  const config = { ADMIN_EMAIL: 'operator@example.com', ADMIN_PASSWORD: NEW_PASSWORD }
  assert.equal(await ensureOwner(db, {}, other.id), false)
  assert.deepEqual(
    await Promise.all([ensureOwner(db, config, other.id), ensureOwner(db, config, other.id)]),
    [true, true],
  )
  const { answer } = await signIn(email('operator'), { password: NEW_PASSWORD })
  assert.equal(answer.json().role, 'owner')
})

test('somebody new takes an invitation with a password of their own', async () => {
  const admin = await signIn(await addMember('admin'))
  const invitation = await send(
    'POST',
    '/members/invitations',
    { ...email('grace.new'), role: 'editor' },
    admin.headers,
  )
  assert.equal(invitation.statusCode, 201)
  const token = tokenOf(invitation.json().url)
  const accept = (more: object = {}) =>
    send('POST', '/auth/invitations/accept', {
      token,
      password: NEW_PASSWORD,
      full_name: 'Grace',
      ...more,
    })
  assert.equal((await accept({ password: '123456789012' })).statusCode, 422)
  const answers = await Promise.all([accept(), accept({ user_name: 'grace' })])
  assert.equal(answers.filter(({ statusCode }) => statusCode === 201).length, 1)
  assert.equal((await accept()).statusCode, 404)
  assert.equal(
    (await signIn(email('grace.new'), { password: NEW_PASSWORD })).answer.json().role,
    'editor',
  )
})

test('an invitation is past after half an hour', async () => {
  const { headers } = await signIn(await addMember('owner'))
  const { url } = (
    await send('POST', '/members/invitations', { ...email('slow'), role: 'viewer' }, headers)
  ).json()
  clock.forward({ minutes: 30 })
  const answer = await send('POST', '/auth/invitations/accept', {
    token: tokenOf(url),
    password: NEW_PASSWORD,
  })
  assert.equal(answer.statusCode, 404)
})

test('open invitations are listed with who invited, and not once they are taken, past or replaced', async () => {
  await addWorkspace('inviting')
  const as = { ...bearer(INSTANCE_KEY), 'x-workspace': 'inviting' }
  const owner = await addMember('owner', { workspace: await addWorkspace('inviting-other') })
  const { headers } = await signIn(owner)
  const invited = async (name: string, by: Record<string, string>) =>
    (await send('POST', '/members/invitations', { ...email(name), role: 'viewer' }, by)).json()
  const open = async (by: Record<string, string>, query = '') =>
    (await send('GET', `/members/invitations${query}`, null, by)).json()
  const { id, expires_at } = await invited('open.one', headers)
  await invited('open.two', as)
  const [row] = (await open(headers)).data
  assert.deepEqual(row, {
    id,
    ...email('open.one'),
    role: 'viewer',
    invited_by: owner.id,
    invited_by_name: 'Ada',
    created_at: row.created_at,
    expires_at,
  })
  await invited('open.two', as)
  const later = await invited('open.three', as)
  const first = await open(as, '?limit=1')
  const second = await open(as, `?limit=1&cursor=${first.next_cursor}`)
  const found = [...first.data, ...second.data]
  assert.deepEqual(
    found.map(({ email, invited_by, invited_by_name }) => [email, invited_by, invited_by_name]),
    [
      ['open.three@example.com', null, null],
      ['open.two@example.com', null, null],
    ],
  )
  assert.equal(second.has_more, false)
  const body = { token: tokenOf(later.url), password: NEW_PASSWORD }
  assert.equal((await send('POST', '/auth/invitations/accept', body)).statusCode, 201)
  assert.equal((await open(as)).data.length, 1)
  clock.forward({ minutes: 30 })
  assert.deepEqual((await open(as)).data, [])
})

test('an invitation that is taken back opens nothing, says so, and is in the audit log', async () => {
  const owner = await signIn(await addMember('owner'))
  const admin = await signIn(await addMember('admin'))
  const invited = async (role: string) =>
    (
      await send('POST', '/members/invitations', { ...email(`no.${role}`), role }, owner.headers)
    ).json()
  const takeBack = (id: string, by: Record<string, string>) =>
    send('DELETE', `/members/invitations/${id}`, null, by)
  const { id, url } = await invited('editor')
  const accept = () =>
    send('POST', '/auth/invitations/accept', { token: tokenOf(url), password: NEW_PASSWORD })
  await addWorkspace('stranger')
  const stranger = { ...bearer(INSTANCE_KEY), 'x-workspace': 'stranger' }
  assert.equal((await takeBack(id, stranger)).statusCode, 404)
  const forOwners = await invited('owner')
  assert.equal((await takeBack(forOwners.id, admin.headers)).statusCode, 403)
  assert.equal((await takeBack(forOwners.id, owner.headers)).statusCode, 204)
  assert.equal((await takeBack(id, admin.headers)).statusCode, 204)
  assert.equal((await takeBack(id, admin.headers)).statusCode, 404)
  const said = await accept()
  assert.equal(said.statusCode, 404)
  assert.match(said.json().detail, /^This invitation was taken back\./)
  await invited('editor')
  assert.match((await accept()).json().detail, /taken back/, 'also after another invitation')
  const { data } = (await send('GET', `/audit?target=${id}`, null, owner.headers)).json()
  assert.deepEqual(
    data.map(({ action, details }: { action: string; details: object }) => [action, details]),
    [
      ['member.invitation_taken_back', { role: 'editor' }],
      ['member.invited', { role: 'editor' }],
    ],
  )
})

test('another invitation for the same email takes the earlier one back, and only who may do that', async () => {
  const owner = await signIn(await addMember('owner'))
  const admin = await signIn(await addMember('admin'))
  const invited = (role: string, by: Record<string, string>) =>
    send('POST', '/members/invitations', { ...email('raised'), role }, by)
  const first = (await invited('owner', owner.headers)).json()
  assert.equal((await invited('viewer', admin.headers)).statusCode, 403)
  const open = (await send('GET', '/members/invitations', null, owner.headers)).json().data
  assert.ok(
    open.some(({ id }: { id: string }) => id === first.id),
    'it is still there',
  )
  const second = (await invited('editor', owner.headers)).json()
  const third = (await invited('viewer', admin.headers)).json()
  assert.ok(third.url)
  for (const [{ id }, role] of [
    [first, 'owner'],
    [second, 'editor'],
  ] as const) {
    const { data } = (await send('GET', `/audit?target=${id}`, null, owner.headers)).json()
    assert.deepEqual(
      data.map(({ action, details }: { action: string; details: object }) => [action, details]),
      [
        ['member.invitation_taken_back', { role }],
        ['member.invited', { role }],
      ],
    )
  }
  await invited('owner', owner.headers)
  clock.forward({ minutes: 30 })
  const again = await signIn(await addMember('admin'))
  assert.equal((await invited('viewer', again.headers)).statusCode, 201, 'a past one is nobody’s')
})

test('who has the link of somebody known does not get their account', async () => {
  const victim = await addMember('owner')
  const other = await addWorkspace('trap')
  const as = { ...bearer(INSTANCE_KEY), 'x-workspace': 'trap' }
  const { url } = (
    await send('POST', '/members/invitations', { email: victim.email, role: 'viewer' }, as)
  ).json()
  const accept = (password: string) =>
    send('POST', '/auth/invitations/accept', { token: tokenOf(url), password })
  assert.equal((await accept(NEW_PASSWORD)).statusCode, 401)
  assert.equal((await signIn(victim)).answer.statusCode, 200)
  const joined = await accept(PASSWORD)
  assert.equal(joined.statusCode, 201)
  assert.equal(joined.json().workspace_id, other.id)
})

test('an invitation is kept for repetitions without its link', async () => {
  const headers = {
    ...(await signIn(await addMember('owner'))).headers,
    'idempotency-key': 'again',
  }
  const body = { ...email('twice'), role: 'viewer' }
  const first = await send('POST', '/members/invitations', body, headers)
  const second = await send('POST', '/members/invitations', body, headers)
  assert.match(first.json().url, /#/)
  assert.deepEqual(second.json(), { ...first.json(), url: null })
  assert.equal(second.headers['idempotent-replayed'], 'true')
  const kept = await db.engine`select response from idempotency_keys where key = 'again'`
  assert.ok(!JSON.stringify(kept).includes(tokenOf(first.json().url)!))
})

test('nobody gives or takes away more than they have', async () => {
  const admin = await signIn(await addMember('admin'))
  const owner = await addMember('owner')
  const as = (method: 'POST' | 'PUT' | 'DELETE', url: string, body: object | null = null) =>
    send(method, url, body, admin.headers)
  assert.equal(
    (await as('POST', '/members/invitations', { ...email('climber'), role: 'owner' })).statusCode,
    403,
  )
  assert.equal(
    (await as('POST', '/members', { ...email('climber'), role: 'owner', password: NEW_PASSWORD }))
      .statusCode,
    403,
  )
  assert.equal((await as('PUT', `/members/${owner.id}`, { role: 'viewer' })).statusCode, 403)
  assert.equal((await as('DELETE', `/members/${owner.id}`)).statusCode, 403)
  assert.equal((await as('POST', `/members/${owner.id}/password-reset`)).statusCode, 403)
  const viewer = await addMember('viewer')
  assert.equal((await as('PUT', `/members/${viewer.id}`, { role: 'owner' })).statusCode, 403)
  assert.equal((await as('PUT', `/members/${viewer.id}`, { role: 'admin' })).statusCode, 200)
})

test('a change of role, switching off and removing end the sessions of the member', async () => {
  const owner = await signIn(await addMember('owner'))
  const member = await addMember('editor')
  const me = (headers: Record<string, string>) => send('GET', '/auth/me', null, headers)
  const changes = [
    () => send('PUT', `/members/${member.id}`, { role: 'viewer' }, owner.headers),
    () => send('PUT', `/members/${member.id}`, { is_active: false }, owner.headers),
    () => send('PUT', `/members/${member.id}`, { is_active: true }, owner.headers),
    () => send('DELETE', `/members/${member.id}`, null, owner.headers),
  ]
  const logins = [200, 403, 200, 403]
  let { headers } = await signIn(member)
  for (const [index, change] of changes.entries()) {
    assert.ok([200, 204].includes((await change()).statusCode))
    assert.equal((await me(headers)).statusCode, 401)
    const next = await signIn(member)
    assert.equal(next.answer.statusCode, logins[index])
    headers = next.headers
  }
})

test('a workspace keeps an owner, also when two leave at once', async () => {
  const other = await addWorkspace('two-owners')
  const owners = [
    await addMember('owner', { workspace: other }),
    await addMember('owner', { workspace: other }),
  ]
  const as = { ...bearer(INSTANCE_KEY), 'x-workspace': other.id }
  const answers = await Promise.all(
    owners.map(({ id }) => send('DELETE', `/members/${id}`, null, as)),
  )
  assert.deepEqual(answers.map(({ statusCode }) => statusCode).sort(), [204, 409])
  const [last] = (await send('GET', '/members', null, as)).json().data
  assert.equal((await send('PUT', `/members/${last.id}`, { role: 'admin' }, as)).statusCode, 409)
  assert.equal((await send('PUT', `/members/${last.id}`, { is_active: false }, as)).statusCode, 409)
})

test('a new password by a link ends all sessions; people of several workspaces are left alone', async () => {
  const owner = await signIn(await addMember('owner'))
  const member = await addMember('editor')
  const session = await signIn(member)
  const { url } = (
    await send('POST', `/members/${member.id}/password-reset`, null, owner.headers)
  ).json()
  const reset = () =>
    send('POST', '/auth/password-reset', { token: tokenOf(url), password: NEW_PASSWORD })
  assert.equal((await reset()).statusCode, 204)
  assert.equal((await reset()).statusCode, 404)
  assert.equal((await send('GET', '/auth/me', null, session.headers)).statusCode, 401)
  assert.equal((await signIn(member, { password: NEW_PASSWORD })).answer.statusCode, 200)
  const other = await addWorkspace('elsewhere')
  await db.engine`
    insert into memberships (workspace_id, member_id, role, created_at) values (${other.id}, ${member.id}, 'viewer', ${clock.now()})
  `
  assert.equal(
    (await send('POST', `/members/${member.id}/password-reset`, null, owner.headers)).statusCode,
    409,
  )
})

test('a member made with a password signs in; the same email again is a conflict', async () => {
  const { headers } = await signIn(await addMember('owner'))
  const body = {
    ...email('client'),
    role: 'client',
    password: 'TestPassword123',
    full_name: 'A client',
  }
  const made = await send('POST', '/members', body, headers)
  assert.equal(made.statusCode, 201)
  assert.equal(made.json().role, 'client')
  const login = await send('POST', '/api/client/login', {
    email: body.email,
    password: body.password,
  })
  assert.equal(login.statusCode, 200)
  assert.equal(
    (await send('POST', '/members', { ...body, email: 'CLIENT@example.com' }, headers)).statusCode,
    409,
  )
})

test('a client comes with the hash of another system, and is stored anew at the first login', async () => {
  const { headers } = await signIn(await addMember('owner'))
  const digest = pbkdf2Sync('TestPassword123', 'salt', 1_000, 32, 'sha256')
  const hash = `pbkdf2_sha256$1000$salt$${digest.toString('base64')}`
  const body = { ...email('moved'), role: 'client', password_hash: hash }
  assert.equal((await send('POST', '/members', body, headers)).statusCode, 201)
  const login = { email: body.email, password: 'TestPassword123' }
  assert.equal((await send('POST', '/api/client/login', login)).statusCode, 200)
  const [row] = await db.engine<{ hash: string }[]>`
    select password_hash as hash from members where email = ${body.email}
  `
  assert.match(row?.hash ?? '', /^\$argon2id/)
  const refused = [
    { ...email('plain'), role: 'client', password_hash: 'TestPassword123' },
    { ...email('chief'), role: 'admin', password_hash: hash },
    { ...email('both'), role: 'client', password_hash: hash, password: 'TestPassword123' },
    { ...email('none'), role: 'client' },
  ]
  for (const each of refused)
    assert.equal((await send('POST', '/members', each, headers)).statusCode, 422, each.email)
})

test('members are listed page by page', async () => {
  const other = await addWorkspace('pages')
  const made = [
    await addMember('owner', { workspace: other }),
    await addMember('viewer', { workspace: other }),
  ]
  const as = { ...bearer(INSTANCE_KEY), 'x-workspace': 'pages' }
  const first = (await send('GET', '/members?limit=1', null, as)).json()
  const second = (
    await send('GET', `/members?limit=1&cursor=${first.next_cursor}`, null, as)
  ).json()
  assert.deepEqual(
    [...first.data, ...second.data].map(({ id }) => id),
    made.map(({ id }) => id),
  )
  assert.deepEqual([first.has_more, second.has_more], [true, false])
})

test('the setup page makes the owner without scripts, and says in its own language what is wrong', async () => {
  const other = await addWorkspace('by-page')
  const { url } = (await createSetupLink(db, access.config, other.id))!
  const path = new URL(url).pathname
  const form = (fields: Record<string, string>, language = 'en') =>
    server.inject({
      method: 'POST',
      url: path,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'accept-language': language,
      },
      payload: new URLSearchParams(fields).toString(),
    })
  const asked = await send('GET', path, null, { 'accept-language': 'he-IL,en;q=0.5' })
  assert.equal(asked.statusCode, 200)
  assert.match(asked.body, /<html lang="he" dir="rtl">/)
  assert.match(asked.body, new RegExp(`<form method="post" action="${path}">`))
  assert.match(
    String(asked.headers['content-security-policy']),
    /^default-src 'none'; style-src 'nonce-/,
  )
  assert.equal(asked.headers['referrer-policy'], 'no-referrer')
  assert.doesNotMatch(asked.body, /<script/i)

  const wrong = await form({ name: '"><b>Lin</b>', email: 'not an address', password: 'short' })
  assert.equal(wrong.statusCode, 422)
  assert.match(wrong.body, /id="email-fault">This is not an email address/)
  assert.match(wrong.body, /value="&#34;&#62;&#60;b&#62;Lin/)
  assert.doesNotMatch(wrong.body, /value="short"/)
  const short = await form({ name: '', email: 'lin@example.com', password: 'short' }, 'he')
  assert.equal(short.statusCode, 422)
  assert.match(short.body, /id="password-fault">לפחות 12 תווים/)
  const known = await form({ email: 'client@example.com', password: NEW_PASSWORD })
  assert.equal(known.statusCode, 409, 'somebody who signs in here already')

  const done = await form({ name: 'Lin', email: 'lin@example.com', password: NEW_PASSWORD })
  assert.deepEqual([done.statusCode, done.headers.location], [303, '/app/start'])
  assert.ok(done.cookies.some(({ name }) => name === '__Host-sid'))
  assert.equal((await send('GET', path)).statusCode, 404)
  assert.equal((await form({ email: 'late@example.com', password: NEW_PASSWORD })).statusCode, 404)
  assert.equal(
    (await signIn({ email: 'lin@example.com' }, { password: NEW_PASSWORD })).answer.statusCode,
    200,
  )
})
