/** The second factor, over HTTP. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generateSync } from 'otplib'
import { accessServer, PASSWORD } from '../../../test/helpers/accessServer.ts'
import { testDatabase } from '../../../test/helpers/database.ts'
import type { Member } from '../members/store.ts'

const database = await testDatabase()
const { clock, db } = database
const { addMember, send, signIn } = await accessServer(database)

const codeOf = (secret: string, steps = 0) =>
  generateSync({ secret, epoch: Math.floor(clock.now().getTime() / 1000) + 30 * steps })

async function enrolled(): Promise<{
  member: Member
  secret: string
  recovery: string[]
  headers: Record<string, string>
}> {
  const member = await addMember('owner')
  const { headers } = await signIn(member)
  const enrolment = await send('POST', '/auth/totp', null, headers)
  assert.equal(enrolment.statusCode, 201)
  const { secret, url } = enrolment.json()
  assert.match(url, /^otpauth:\/\/totp\/Beckon:person/)
  const confirmation = await send(
    'POST',
    '/auth/totp/confirmation',
    { code: codeOf(secret) },
    headers,
  )
  assert.equal(confirmation.statusCode, 200)
  clock.forward({ seconds: 30 })
  return { member, secret, recovery: confirmation.json().recovery_codes, headers }
}

test('an enrolment counts only once a code of it was given', async () => {
  const member = await addMember('owner')
  const [here, there] = [await signIn(member), await signIn(member)]
  const { secret } = (await send('POST', '/auth/totp', null, here.headers)).json()
  assert.equal((await signIn(member)).answer.statusCode, 200)
  const wrong = await send('POST', '/auth/totp/confirmation', { code: '000000' }, here.headers)
  assert.equal(wrong.statusCode, 422)
  const right = await send(
    'POST',
    '/auth/totp/confirmation',
    { code: codeOf(secret) },
    here.headers,
  )
  assert.equal(right.json().recovery_codes.length, 10)
  assert.equal(
    (await send('GET', '/auth/me', null, there.headers)).statusCode,
    401,
    'other sessions end',
  )
  assert.equal((await send('GET', '/auth/me', null, here.headers)).json().member.two_factor, true)
  assert.equal((await send('POST', '/auth/totp', null, here.headers)).statusCode, 409)
  const [row] =
    await db.engine`select totp_secret, recovery_hashes from members where id = ${member.id}`
  assert.match(row?.['totpSecret'], /^v1\./)
  assert.ok(!JSON.stringify(row).includes(secret))
})

test('a login needs the code, and asking for it is no failure', async () => {
  const { member, secret } = await enrolled()
  for (let i = 0; i < 8; i++) {
    const { answer } = await signIn(member)
    assert.equal(answer.statusCode, 401)
    assert.equal(answer.json().code, 'code_required')
    assert.equal(answer.cookies.length, 0)
  }
  assert.equal((await signIn(member, { code: codeOf(secret) })).answer.statusCode, 200)
})

test('a code is good once, and so are those before it', async () => {
  const { member, secret } = await enrolled()
  const now = codeOf(secret)
  const answers = await Promise.all([1, 2, 3].map(() => signIn(member, { code: now })))
  assert.deepEqual(answers.map(({ answer }) => answer.statusCode).sort(), [200, 401, 401])
  assert.equal((await signIn(member, { code: codeOf(secret, -1) })).answer.statusCode, 401)
  clock.forward({ seconds: 30 })
  assert.equal((await signIn(member, { code: codeOf(secret) })).answer.statusCode, 200)
})

test('codes too far from now, and made-up ones, are wrong', async () => {
  const { member, secret } = await enrolled()
  for (const code of [codeOf(secret, 3), codeOf(secret, -3), '', '12345', 'aaaa-bbbb-cccc-dddd']) {
    assert.equal((await signIn(member, { code })).answer.statusCode, 401, code)
    clock.forward({ minutes: 4 })
  }
})

test('wrong codes lock the account out as wrong passwords do', async () => {
  const { member, secret } = await enrolled()
  for (let i = 0; i < 5; i++)
    assert.equal((await signIn(member, { code: '000000' })).answer.statusCode, 401)
  assert.equal((await signIn(member, { code: codeOf(secret) })).answer.statusCode, 429)
})

test('each recovery code is good once', async () => {
  const { member, recovery } = await enrolled()
  const answers = await Promise.all([1, 2].map(() => signIn(member, { code: recovery[0] })))
  assert.deepEqual(answers.map(({ answer }) => answer.statusCode).sort(), [200, 401])
  assert.equal(
    (await signIn(member, { code: recovery[1]!.toUpperCase().replaceAll('-', ' ') })).answer
      .statusCode,
    200,
  )
})

test('turning it off needs a recent login, which needs a code', async () => {
  const { member, secret, headers } = await enrolled()
  clock.forward({ minutes: 11 })
  assert.equal((await send('DELETE', '/auth/totp', null, headers)).statusCode, 403)
  const bare = await send('POST', '/auth/verify', { password: PASSWORD }, headers)
  assert.equal(bare.json().code, 'code_required')
  const fresh = await signIn(member, { code: codeOf(secret) })
  assert.equal((await send('DELETE', '/auth/totp', null, fresh.headers)).statusCode, 204)
  assert.equal((await signIn(member)).answer.statusCode, 200)
})

test('the token of /api/client/login needs the code too', async () => {
  const { member, secret } = await enrolled()
  const login = (more: object) =>
    send('POST', '/api/client/login', { email: member.email, password: PASSWORD, ...more })
  assert.equal((await login({})).json().code, 'code_required')
  assert.equal((await login({ code: codeOf(secret) })).statusCode, 200)
})
