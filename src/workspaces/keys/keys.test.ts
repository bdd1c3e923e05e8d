/** API keys and the operator's key, over HTTP. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { accessServer, bearer, INSTANCE_KEY } from '../../../test/helpers/accessServer.ts'
import { testDatabase } from '../../../test/helpers/database.ts'
import { createAuthenticator } from '../authenticate.ts'

const database = await testDatabase()
const { clock, db } = database
const { access, addKey, addMember, addWorkspace, authenticator, home, send, signIn } =
  await accessServer(database)

const me = (key: string, more: Record<string, string> = {}) =>
  send('GET', '/auth/me', null, { ...bearer(key), ...more })

test('a key is shown once, stored as a hash, and gives its scopes', async () => {
  const { headers } = await signIn(await addMember('owner'))
  const made = await send(
    'POST',
    '/api-keys',
    { name: 'n8n', scopes: ['messages:write', 'messages:write'] },
    headers,
  )
  assert.equal(made.statusCode, 201)
  const { id, key, prefix } = made.json()
  assert.ok(key.startsWith(prefix))
  assert.deepEqual((await me(key)).json().scopes, ['messages:write'])
  assert.equal((await me(key)).json().member, null)
  const listed = await send('GET', `/api-keys/${id}`, null, headers)
  assert.equal(listed.json().key, undefined)
  const [row] = await db.engine`select secret_hash from api_keys where id = ${id}`
  assert.match(row?.['secretHash'], /^[0-9a-f]{64}$/)
  assert.equal((await send('GET', '/members', null, bearer(key))).statusCode, 403)
})

test('a repetition with the same Idempotency-Key makes no second key and shows none', async () => {
  const { key } = await addKey()
  const headers = { ...bearer(key), 'idempotency-key': 'one key please' }
  const body = { name: 'once', scopes: ['messages:read'] }
  const [first, second] = [
    await send('POST', '/api-keys', body, headers),
    await send('POST', '/api-keys', body, headers),
  ]
  assert.equal(second.statusCode, 201)
  assert.deepEqual(second.json(), { ...first.json(), key: null })
  const kept = await db.engine`select response from idempotency_keys where key = 'one key please'`
  assert.ok(!JSON.stringify(kept).includes(first.json().key.slice(20)))
})

test('nobody gives a key scopes that they do not have', async () => {
  const { key } = await addKey(['keys:write', 'messages:read'])
  const strong = await addKey()
  const make = (scopes: string[]) =>
    send('POST', '/api-keys', { name: scopes.join(), scopes }, bearer(key))
  assert.equal((await make(['messages:read'])).statusCode, 201)
  assert.equal((await make(['messages:write'])).statusCode, 403)
  assert.equal((await make(['everything'])).statusCode, 422)
  assert.equal(
    (await send('POST', `/api-keys/${strong.id}/rotate`, null, bearer(key))).statusCode,
    403,
  )
})

test('a key ends at its time', async () => {
  const { key } = await addKey()
  const expires_at = new Date(clock.now().getTime() + 3600_000).toISOString()
  const made = (
    await send(
      'POST',
      '/api-keys',
      { name: 'hour', scopes: ['messages:read'], expires_at },
      bearer(key),
    )
  ).json()
  assert.equal((await me(made.key)).statusCode, 200)
  clock.forward({ hours: 1 })
  assert.equal((await me(made.key)).statusCode, 401)
  const past = await send(
    'POST',
    '/api-keys',
    { name: 'past', scopes: ['messages:read'], expires_at },
    bearer(key),
  )
  assert.equal(past.json().errors[0].pointer, '/expires_at')
})

test('a revoked key is refused at once in the process that revoked it', async () => {
  const admin = await addKey()
  const { id, key } = await addKey(['messages:read'])
  assert.equal((await me(key)).statusCode, 200)
  assert.equal((await send('DELETE', `/api-keys/${id}`, null, bearer(admin.key))).statusCode, 204)
  assert.equal((await me(key)).statusCode, 401)
  assert.equal(
    (await send('DELETE', `/api-keys/${id}`, null, bearer(admin.key))).statusCode,
    204,
    'twice is harmless',
  )
  assert.equal(
    (await send('POST', `/api-keys/${id}/rotate`, null, bearer(admin.key))).statusCode,
    409,
  )
})

test('rotating gives a new key while the old one works for a day', async () => {
  const admin = await addKey()
  const old = await addKey(['messages:read'])
  assert.equal((await me(old.key)).statusCode, 200)
  const answers = await Promise.all(
    [1, 2].map(() => send('POST', `/api-keys/${old.id}/rotate`, null, bearer(admin.key))),
  )
  assert.deepEqual(
    answers.map(({ statusCode }) => statusCode).sort(),
    [201, 409],
    'two of a name at most',
  )
  const fresh = answers.find(({ statusCode }) => statusCode === 201)!.json()
  assert.deepEqual(fresh.scopes, ['messages:read'])
  clock.forward({ hours: 23, minutes: 59 })
  assert.equal((await me(old.key)).statusCode, 200)
  clock.forward({ minutes: 1 })
  assert.equal((await me(old.key)).statusCode, 401)
  assert.equal((await me(fresh.key)).statusCode, 200)
})

test('the last use is noted to the minute, in batches', async () => {
  const { id, key } = await addKey()
  const lastUse = async () =>
    (await send('GET', `/api-keys/${id}`, null, bearer(INSTANCE_KEY))).json().last_used_at
  await me(key)
  assert.equal(await lastUse(), null)
  clock.forward({ seconds: 42 })
  await me(key)
  await authenticator.flush()
  assert.equal(
    await lastUse(),
    new Date(Math.floor(clock.now().getTime() / 60_000) * 60_000).toISOString(),
  )
})

test('typing errors, foreign keys and wrong secrets are refused alike', async () => {
  const [one, two] = [await addKey(), await addKey()]
  const mixed = `bk_live_${one.id}_${two.key.split('_')[3]}`
  const wrong = [
    'x',
    `${one.key}x`,
    one.key.slice(0, -1),
    mixed,
    one.key.toUpperCase(),
    'bk_live_',
    'a.b.c',
    INSTANCE_KEY.slice(0, -1),
    `${INSTANCE_KEY}x`,
  ]
  for (const key of wrong) {
    const answer = await me(key)
    assert.equal(answer.statusCode, 401, key)
    assert.match(answer.json().detail, /Authorization: Bearer <key>/)
  }
  for (const authorization of ['Basic abc', 'Bearer', `Bearer ${one.key} ${two.key}`]) {
    assert.equal(
      (await send('GET', '/auth/me', null, { authorization })).statusCode,
      401,
      authorization,
    )
  }
  assert.equal(
    (await send('GET', '/auth/me', null, { authorization: `bearer  ${one.key}` })).statusCode,
    200,
  )
  const none = await send('GET', '/auth/me')
  assert.match(none.json().detail, /Authorization: Bearer <key>/)
})

test("the operator's key acts for the default workspace, or for the one it names", async () => {
  const other = await addWorkspace('other')
  assert.equal((await me(INSTANCE_KEY)).json().workspace.slug, 'default')
  for (const name of ['other', other.id]) {
    assert.equal((await me(INSTANCE_KEY, { 'x-workspace': name })).json().workspace.id, other.id)
  }
  assert.equal((await me(INSTANCE_KEY, { 'x-workspace': 'nowhere' })).statusCode, 404)
  await addWorkspace('nowhere')
  assert.equal((await me(INSTANCE_KEY, { 'x-workspace': 'nowhere' })).statusCode, 200)
})

test('a key that names another workspace finds nothing there', async () => {
  const other = await addWorkspace('forbidden')
  const { key } = await addKey()
  for (const name of ['forbidden', other.id])
    assert.equal((await me(key, { 'x-workspace': name })).statusCode, 404)
  for (const name of ['default', home.id])
    assert.equal((await me(key, { 'x-workspace': name })).statusCode, 200)
})

test('without OREE_API_KEY nothing is the operator', async () => {
  const { OREE_API_KEY: _, ...config } = access.config
  const bare = createAuthenticator({ ...access, config: { ...config, OREE_API_KEY: undefined } })
  const request = { headers: { authorization: `Bearer ${INSTANCE_KEY}` }, method: 'GET' }
  await assert.rejects(bare.authenticate(request as never), { code: 'unauthenticated' })
  await bare.close()
})

test('a workspace is made with its first key, and its owner when a person makes it', async () => {
  const owner = await addMember('owner')
  const { headers } = await signIn(owner)
  const made = await send(
    'POST',
    '/workspaces',
    { slug: 'acme', name: 'Acme', time_zone: 'Asia/Jerusalem', default_country: 'IL' },
    headers,
  )
  assert.equal(made.statusCode, 201)
  const { id, api_key } = made.json()
  const who = (await me(api_key.key)).json()
  assert.deepEqual([who.workspace.id, who.kind], [id, 'key'])
  const members = (await send('GET', '/members', null, bearer(api_key.key))).json().data
  assert.deepEqual(
    members.map((row: { id: string; role: string }) => [row.id, row.role]),
    [[owner.id, 'owner']],
  )
  const listed = (await send('GET', '/workspaces', null, headers)).json().data
  assert.deepEqual(
    listed.map(({ slug }: { slug: string }) => slug),
    ['default', 'acme'],
  )
  assert.equal(
    (await send('PUT', `/workspaces/${id}`, { default_country: null }, headers)).json()
      .default_country,
    null,
  )
  assert.equal(
    (await send('POST', '/workspaces', { slug: 'acme', name: 'Again' }, headers)).statusCode,
    409,
  )
  const odd = await send(
    'POST',
    '/workspaces',
    { slug: 'odd', name: 'Odd', time_zone: 'Mars/Base' },
    headers,
  )
  assert.equal(odd.json().errors[0].pointer, '/time_zone')
})

test('keys are listed page by page, newest first', async () => {
  const other = await addWorkspace('many')
  const keys = []
  for (let i = 0; i < 5; i++) keys.push(await addKey(['keys:write'], other))
  const seen: string[] = []
  let cursor = ''
  do {
    const page = (
      await send('GET', `/api-keys?limit=2${cursor}`, null, bearer(keys[0]!.key))
    ).json()
    seen.push(...page.data.map(({ id }: { id: string }) => id))
    cursor = page.has_more ? `&cursor=${page.next_cursor}` : ''
  } while (cursor)
  assert.deepEqual([...seen].sort(), keys.map(({ id }) => id).sort())
})

test('secrets are compared in constant time, and never by ===', () => {
  for (const file of ['authenticateKey.ts', '../authenticate.ts', '../login/password.ts']) {
    const source = readFileSync(new URL(file, import.meta.url), 'utf8')
    assert.match(source, /timingSafeEqual\(/, file)
    assert.doesNotMatch(
      source,
      /(hash|digest|bearer|expected) ?[!=]== ?(?! |null|undefined)|[!=]== (\w+\.)?(hash|digest|bearer|expected)\b/,
      file,
    )
  }
})

test('who sends many unknown keys is told to wait, while right keys of the same network work', async () => {
  const { key } = await addKey()
  const from = (ip: string) => ({ 'x-forwarded-for': ip })
  const guess = (ip: string) => me(`bk_live_${'guess'.padEnd(40, '0')}`, from(ip))
  const codes: number[] = []
  for (let tries = 0; tries < 61; tries++) codes.push((await guess('203.0.113.5')).statusCode)
  assert.deepEqual(new Set(codes.slice(0, 60)), new Set([401]))
  assert.equal(codes[60], 429)
  const refused = await guess('203.0.113.77')
  assert.equal(refused.statusCode, 429, 'another address of that network')
  assert.equal(refused.headers['retry-after'], '60')
  assert.equal((await me(key, from('203.0.113.5'))).statusCode, 200)
  assert.equal((await guess('198.51.100.9')).statusCode, 401, 'another network')
  clock.forward({ seconds: 60 })
  assert.equal((await guess('203.0.113.5')).statusCode, 401)
})
