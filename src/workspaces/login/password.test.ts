/** Stored passwords, and which new ones are good enough. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError } from '../../errors.ts'
import { checkPassword } from './checkPassword.ts'
import { networkOf } from './networkOf.ts'
import { hashPassword, isOutdated, verifyPassword } from './password.ts'

test('a password verifies against its hash and nothing else does', async () => {
  const stored = await hashPassword('violet tractor ninety')
  assert.equal(await verifyPassword('violet tractor ninety', stored), true)
  assert.equal(await verifyPassword('violet tractor ninetY', stored), false)
  assert.equal(await verifyPassword('violet tractor ninety', null), false)
  assert.equal(isOutdated(stored), false)
  assert.notEqual(await hashPassword('violet tractor ninety'), stored)
})

test('many at once wait for each other and all get their answer', async () => {
  const stored = await hashPassword('violet tractor ninety')
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      verifyPassword(i % 2 ? 'wrong' : 'violet tractor ninety', stored),
    ),
  )
  assert.deepEqual(
    answers,
    answers.map((_, i) => i % 2 === 0),
  )
})

test('hashes of Django and Werkzeug, made by those, verify', async () => {
  // hashlib.pbkdf2_hmac('sha256', b'lätitude', b'seasalt2', 1000); Python's standard library
  const cases = [
    'pbkdf2_sha256$1000$seasalt2$TO2wS4lklGjcwzyeRHGS5Grzg2012p7KD3ofpTlOW+k=',
    'pbkdf2:sha256:1000$seasalt2$4cedb04b89649468dcc33c9e447192e46af3836d35da9eca0f7a1fa5394e5be9',
  ]
  for (const stored of cases) {
    assert.equal(isOutdated(stored), true)
    assert.equal(await verifyPassword('lätitude', stored), true, stored)
    assert.equal(await verifyPassword('latitude', stored), false)
  }
})

test('what is no hash, or would take forever, is refused', async () => {
  const bad = [
    '',
    'plain text',
    'md5$salt$abc',
    'pbkdf2_sha256$9999999$salt$AAAA',
    'pbkdf2_md5$1000$salt$AAAA',
    'pbkdf2_sha256$0$salt$AAAA',
    `scrypt:999999:99:9$salt$${'0'.repeat(128)}`,
    'pbkdf2:sha256:1000$salt$zz',
  ]
  for (const stored of bad) {
    assert.equal(await verifyPassword('', stored), false, stored)
  }
})

const owner = {
  role: 'owner',
  email: 'lovelace@example.com',
  userName: 'countess',
  serviceName: 'Beckon',
} as const
const client = { ...owner, role: 'client' } as const
const passwords: [password: string, who: typeof owner | typeof client, good: boolean][] = [
  ['violet tractor ninety', owner, true],
  ['elevenchars', owner, false],
  ['חתול כחול על הגג', owner, true],
  ['tiny owl', client, true],
  ['7 chars', client, false],
  ['TestPassword123', client, true],
  ['x'.repeat(257), owner, false],
  ['aaaaaaaaaaaaaaaa', owner, false],
  ['abcabcabcabcabc', owner, false],
  ['123456789012', owner, false],
  ['9876543210987', owner, false],
  ['abcdefghijklmnop', owner, false],
  ['P@ssw0rd2024!!', owner, false],
  ['passwordpassword', owner, false],
  ['Welcome Admin 1', owner, false],
  ['correct horse battery staple', owner, false],
  ['change-me-in-production', owner, false],
  ['20240101202412', owner, false],
  ['my lovelace 1815 engine', owner, false],
  ['the countess walks at ten', owner, false],
  ['beckon forever and ever', owner, false],
]
for (const [password, who, good] of passwords) {
  test(`${password.slice(0, 30)} is ${good ? 'good' : 'not good'} enough for the role ${who.role}`, () => {
    const check = () => checkPassword(password, who, '/new_password')
    if (good) check()
    else
      assert.throws(
        check,
        (error) => error instanceof AppError && error.errors?.[0]?.pointer === '/new_password',
      )
  })
}

const networks: [ip: string, network: string][] = [
  ['192.0.2.7', '192.0.2.0/24'],
  ['::ffff:192.0.2.7', '192.0.2.0/24'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2/64'],
  ['2001:db8::1', '2001:db8:0:0/64'],
  ['2001:DB8:0:0:1::', '2001:db8:0:0/64'],
  ['::1', '0:0:0:0/64'],
  ['fe80::1%eth0', 'fe80:0:0:0/64'],
  ['not an address', 'not an address'],
]
for (const [ip, network] of networks) {
  test(`${ip} is in the network ${network}`, () => assert.equal(networkOf(ip), network))
}
