/** What other sites can make a signed-in browser do: nothing. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accessServer, bearer, ORIGIN, PASSWORD } from '../../../test/helpers/accessServer.ts'
import { testDatabase } from '../../../test/helpers/database.ts'

const database = await testDatabase()
const { addKey, addMember, send, server, signIn } = await accessServer(database)
const owner = await addMember('owner')
const { cookies } = await signIn(owner)
const cookie = { cookie: `__Host-sid=${cookies['__Host-sid']}` }

const cases: [name: string, headers: Record<string, string>, allowed: boolean][] = [
  ['our own page', { origin: ORIGIN, 'sec-fetch-site': 'same-origin' }, true],
  ['our own page in a browser that sends Origin only', { origin: ORIGIN }, true],
  [
    'our own page in a browser that sends Sec-Fetch-Site only',
    { 'sec-fetch-site': 'same-origin' },
    true,
  ],
  [
    'the address by which the browser reached us',
    { origin: 'http://10.0.0.5:8000', host: '10.0.0.5:8000' },
    true,
  ],
  ['another site', { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' }, false],
  ['another site in an old browser', { origin: 'https://evil.test' }, false],
  [
    'another subdomain',
    { origin: 'https://evil.beckon.test', 'sec-fetch-site': 'same-site' },
    false,
  ],
  ['a name that begins like ours', { origin: 'https://beckon.test.evil.test' }, false],
  ['another port', { origin: 'https://beckon.test:8443' }, false],
  ['a sandboxed page', { origin: 'null' }, false],
  ['nobody says', {}, false],
  ['another site that forges half', { origin: ORIGIN, 'sec-fetch-site': 'cross-site' }, false],
]

for (const [name, headers, allowed] of cases) {
  test(`a change with the session's cookie from ${name} is ${allowed ? 'done' : 'refused'}`, async () => {
    const answer = await send('PUT', '/auth/me', { full_name: name }, { ...cookie, ...headers })
    assert.equal(answer.statusCode, allowed ? 200 : 403)
    assert.equal(
      (await send('GET', '/auth/me', null, { ...cookie, ...headers })).statusCode,
      200,
      'reading is free',
    )
  })
}

test('forms and plain text are no way in, whatever their origin', async () => {
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
  ]) {
    const headers = { ...cookie, origin: ORIGIN, 'content-type': type }
    const answer = await server.inject({
      method: 'PUT',
      url: '/auth/me',
      headers,
      payload: '{"full_name":"x"}',
    })
    assert.equal(answer.statusCode, 415, type)
  }
})

test('keys need no origin, and no cookie helps them', async () => {
  const { key } = await addKey()
  const workspace = await send('GET', '/workspaces', null, bearer(key))
  const { id } = workspace.json().data[0]
  assert.equal(
    (await send('PUT', `/workspaces/${id}`, { name: 'New' }, bearer(key))).statusCode,
    200,
  )
  assert.equal(
    (await send('GET', '/auth/me', null, { ...cookie, ...bearer('wrong') })).statusCode,
    401,
  )
})

test('another site cannot sign a browser in, a program can', async () => {
  const body = { email: owner.email, password: PASSWORD }
  assert.equal(
    (await send('POST', '/auth/login', body, { origin: 'https://evil.test' })).statusCode,
    403,
  )
  assert.equal(
    (await send('POST', '/auth/login', body, { 'sec-fetch-site': 'cross-site' })).statusCode,
    403,
  )
  assert.equal((await send('POST', '/auth/login', body)).statusCode, 200)
})
