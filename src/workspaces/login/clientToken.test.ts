/** Tokens of /api/client/login, and what is refused in their name (RFC 8725). */
import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { SignJWT } from 'jose'
import { accessServer, bearer, PASSWORD } from '../../../test/helpers/accessServer.ts'
import { testDatabase } from '../../../test/helpers/database.ts'
import { keyId } from '../../lib/crypt.ts'
import type { Member } from '../members/store.ts'

const database = await testDatabase()
const { clock, db } = database
const { access, addMember, send } = await accessServer(database)
const key = access.secrets.jwtKey

const login = async (member: Member) =>
  (await send('POST', '/api/client/login', { email: member.email, password: PASSWORD })).json()
const me = (token: string) => send('GET', '/auth/me', null, bearer(token))

test('a client signs in for a token, acts with it, and signs out', async () => {
  const member = await addMember('client')
  const { token, ...rest } = await login(member)
  assert.equal(rest.token_type, 'Bearer')
  assert.equal(rest.expires_in, 3600)
  assert.equal(rest.role, 'client')
  const who = (await me(token)).json()
  assert.deepEqual([who.kind, who.scopes], ['token', ['analytics:read']])
  assert.equal((await send('GET', '/members', null, bearer(token))).statusCode, 403)
  assert.equal((await send('POST', '/api/client/logout', null, bearer(token))).statusCode, 200)
  assert.equal((await me(token)).statusCode, 401)
})

test('a client changes the password: eight characters do, and other tokens end', async () => {
  const member = await addMember('client')
  const [one, other] = [await login(member), await login(member)]
  const change = (next: string) =>
    send(
      'POST',
      '/api/client/change-password',
      { current_password: PASSWORD, new_password: next },
      bearer(one.token),
    )
  const short = await change('7 chars')
  assert.equal(short.json().errors[0].pointer, '/new_password')
  assert.equal((await change('tiny owl')).statusCode, 200)
  assert.equal((await me(one.token)).statusCode, 200)
  assert.equal((await me(other.token)).statusCode, 401)
})

test('a token ends after an hour of use, after half an idle hour, and with its membership', async () => {
  const member = await addMember('client')
  const used = await login(member)
  for (const minutes of [20, 20, 19]) {
    clock.forward({ minutes })
    assert.equal((await me(used.token)).statusCode, 200)
  }
  clock.forward({ minutes: 2 })
  assert.equal((await me(used.token)).statusCode, 401)
  const idle = await login(member)
  clock.forward({ minutes: 31 })
  assert.equal((await me(idle.token)).statusCode, 401)
  const last = await login(member)
  await db.engine`update memberships set is_active = false where member_id = ${member.id}`
  assert.equal((await me(last.token)).statusCode, 401)
})

test('forged and foreign tokens are refused', async () => {
  const member = await addMember('owner')
  const other = await addMember('viewer')
  const { token } = await login(member)
  const [head, body, signature] = token.split('.')
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString())
  const text = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const hs256 = (header: object, payload: object, secret: Buffer | string = key) => {
    const input = `${text(header)}.${text(payload)}`
    return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
  }
  const good = { alg: 'HS256', typ: 'JWT', kid: keyId(key) }
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const rs256 = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: keyId(key) })
    .sign(privateKey)
  const hs512 = await new SignJWT(claims)
    .setProtectedHeader({ ...good, alg: 'HS512' })
    .sign(Buffer.concat([key, key]))
  const { exp: _exp, ...endless } = claims
  const { jti: _jti, ...sessionless } = claims
  const now = claims.iat

  assert.equal((await me(hs256(good, claims))).statusCode, 200, 'the forger of this test knows how')
  const attacks: Record<string, string> = {
    'no signature, alg none': `${text({ ...good, alg: 'none' })}.${body}.`,
    'no signature, alg NoNe': `${text({ ...good, alg: 'NoNe' })}.${body}.`,
    'signature of another body': `${head}.${text({ ...claims, sub: other.id })}.${signature}`,
    'signature cut': `${head}.${body}.${signature.slice(0, -4)}`,
    'another key': hs256(good, claims, Buffer.alloc(32, 1)),
    'an empty key': hs256(good, claims, ''),
    'a public key as the secret': hs256(
      good,
      claims,
      publicKey.export({ type: 'spki', format: 'pem' }),
    ),
    'another algorithm with a key of ours': hs512,
    'an asymmetric algorithm': rs256,
    'no kid': hs256({ alg: 'HS256', typ: 'JWT' }, claims),
    'a kid that is a path': hs256({ ...good, kid: '../../../../dev/null' }, claims, ''),
    'a kid that is SQL': hs256({ ...good, kid: "' or '1'='1" }, claims),
    'a key in the header': hs256(
      { ...good, jwk: { kty: 'oct', k: Buffer.alloc(32, 1).toString('base64url') } },
      claims,
      Buffer.alloc(32, 1),
    ),
    'an unknown critical header': hs256({ ...good, crit: ['x'], x: 1 }, claims),
    'another type': hs256({ ...good, typ: 'at+jwt' }, claims),
    'another audience': hs256(good, { ...claims, aud: 'elsewhere' }),
    'no audience': hs256(good, { ...claims, aud: undefined }),
    'another issuer': hs256(good, { ...claims, iss: 'elsewhere' }),
    expired: hs256(good, { ...claims, exp: now - 1 }),
    'without end': hs256(good, endless),
    'end as text': hs256(good, { ...claims, exp: '9999999999' }),
    'not yet valid': hs256(good, { ...claims, nbf: now + 3600 }),
    'issued long ago, with a far end': hs256(good, {
      ...claims,
      iat: now - 7200,
      exp: now + 10 ** 9,
    }),
    "another person's session": hs256(good, { ...claims, sub: other.id }),
    'without a session': hs256(good, sessionless),
    'a session that is not': hs256(good, { ...claims, jti: '0'.repeat(64) }),
    'an odd session': hs256(good, { ...claims, jti: { $ne: '' } }),
  }
  for (const [name, attack] of Object.entries(attacks))
    assert.equal((await me(attack)).statusCode, 401, name)
})

test("a token's session is no cookie", async () => {
  const { token } = await login(await addMember('owner'))
  const { jti } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString())
  for (const sid of [jti, jti.slice(0, 43), token]) {
    assert.equal(
      (await send('GET', '/auth/me', null, { cookie: `__Host-sid=${sid}` })).statusCode,
      401,
    )
  }
})
