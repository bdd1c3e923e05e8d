import assert from 'node:assert/strict'
import { createHmac, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { deriveKey } from './hmac.ts'
import { createTokens, TOKEN_CHARS, type TokenContent, tokenKinds } from './token.ts'
import { uuid7, uuidBytes } from './uuid7.ts'

const root = randomBytes(32)
const tokens = createTokens({ keys: new Map([[1, root]]), current: 1 })
const content: TokenContent = { workspaceNumber: 7, messageId: uuid7(), linkIndex: 3 }
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

test('what was signed is read back, at the edges of every field', () => {
  for (const kind of tokenKinds) {
    for (const workspaceNumber of [0, 1, 0x7fffffff, 0xffffffff]) {
      for (const linkIndex of [0, 1, 0xffff]) {
        const each = { workspaceNumber, messageId: uuid7(), linkIndex }
        const token = tokens.sign(kind, each)
        assert.match(token, /^[A-Za-z0-9_-]{54}$/)
        assert.equal(token.length, TOKEN_CHARS)
        assert.deepEqual(tokens.verify(kind, token), each)
      }
    }
  }
})

test('the bytes are those of the documented layout', () => {
  const bytes = Buffer.from(tokens.sign('click', content), 'base64url')
  const body = Buffer.concat([
    Buffer.from([1, 1, 0, 0, 0, 7]),
    uuidBytes(content.messageId),
    Buffer.from([0, 3]),
  ])
  const mac = createHmac('sha256', deriveKey(root, 'tracking/7'))
    .update('click\0')
    .update(body)
    .digest()
  assert.deepEqual(bytes, Buffer.concat([body, mac.subarray(0, 16)]))
})

test('a token of one kind is none of another', () => {
  for (const made of tokenKinds) {
    for (const asked of tokenKinds) {
      const result = tokens.verify(asked, tokens.sign(made, content))
      assert.equal(result !== null, made === asked, `${made} as ${asked}`)
    }
  }
})

test('no single changed character verifies, the unused bits of the last one included', () => {
  const token = tokens.sign('click', content)
  for (let i = 0; i < token.length; i++) {
    for (const char of ALPHABET) {
      if (char === token[i]) continue
      assert.equal(tokens.verify('click', token.slice(0, i) + char + token.slice(i + 1)), null)
    }
  }
})

test('the other spellings of base64 are refused', () => {
  let token = tokens.sign('click', content)
  while (!/[-_]/.test(token)) token = tokens.sign('click', { ...content, messageId: uuid7() })
  const spellings = [
    token.replaceAll('-', '+').replaceAll('_', '/'),
    `${token}=`,
    `${token}==`,
    ` ${token}`,
    `${token}\n`,
    `${token}A`,
    token.slice(1),
    `${token.slice(0, 20)}.${token.slice(20)}`,
  ]
  for (const each of spellings) assert.equal(tokens.verify('click', each), null, each)
})

test('the number of another workspace in the body does not verify', () => {
  const bytes = Buffer.from(tokens.sign('click', content), 'base64url')
  bytes.writeUInt32BE(8, 2)
  assert.equal(tokens.verify('click', bytes.toString('base64url')), null)
})

test('keys rotate: the old one still verifies, an unknown one does not', () => {
  const rotated = createTokens({
    keys: new Map([
      [1, root],
      [2, randomBytes(32)],
    ]),
    current: 2,
  })
  const old = tokens.sign('open', content)
  const fresh = rotated.sign('open', content)
  assert.deepEqual(rotated.verify('open', old), content)
  assert.deepEqual(rotated.verify('open', fresh), content)
  assert.equal(tokens.verify('open', fresh), null)
  assert.throws(() => createTokens({ keys: new Map(), current: 1 }), RangeError)
})

test('garbage of any length is null and never an exception', () => {
  const long = ['a', 'é', '\0', '👋', '%00', '../'].map((each) =>
    each.repeat(1_000_000 / each.length),
  )
  for (const text of ['', ...long]) assert.equal(tokens.verify('open', text), null)
  const any = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.string({ unit: 'binary', minLength: 54, maxLength: 54 }),
    fc.string({ unit: fc.constantFrom(...ALPHABET), minLength: 54, maxLength: 54 }),
  )
  fc.assert(
    fc.property(any, (text) => {
      for (const kind of tokenKinds) assert.equal(tokens.verify(kind, text), null)
    }),
    { numRuns: 2000 },
  )
})

test('guessing hits nothing, and does not push proven workspaces out of the cache', () => {
  const good = tokens.sign('open', content)
  const guess = Buffer.from(good, 'base64url')
  for (let i = 0; i < 20_000; i++) {
    guess.writeUInt32BE(i, 2)
    guess.writeUInt32LE((i * 2654435761) >>> 0, 24)
    assert.equal(tokens.verify('open', guess.toString('base64url')), null)
  }
  assert.deepEqual(tokens.verify('open', good), content)
})

test('more workspaces than the cache holds all verify', () => {
  const made = Array.from({ length: 10_500 }, (_, workspaceNumber) => {
    return tokens.sign('open', { ...content, workspaceNumber })
  })
  made.forEach((token, workspaceNumber) => {
    assert.equal(tokens.verify('open', token)?.workspaceNumber, workspaceNumber)
  })
})
