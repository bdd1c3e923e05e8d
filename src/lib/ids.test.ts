import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { hashToken, newApiKey, newToken, parseApiKey } from './ids.ts'

test('an API key has its documented form and parses back to its id and hash', () => {
  for (let i = 0; i < 500; i++) {
    const { id, key, hash } = newApiKey()
    assert.match(key, /^bk_live_[0-9A-Za-z]{10}_[0-9A-Za-z]{49}$/)
    assert.deepEqual(parseApiKey(key), { id, hash })
    assert.equal(hash.length, 32)
    assert.ok(!key.includes(hash.toString('hex')))
  }
})

test('keys never repeat', () => {
  const made = Array.from({ length: 2000 }, () => newApiKey())
  assert.equal(new Set(made.map((made) => made.key)).size, 2000)
  assert.equal(new Set(made.map((made) => made.id)).size, 2000)
})

test('one wrong character anywhere is caught by form or checksum', () => {
  const { key } = newApiKey()
  for (let i = 0; i < key.length; i++) {
    const other = key[i] === 'x' ? 'y' : 'x'
    assert.equal(parseApiKey(key.slice(0, i) + other + key.slice(i + 1)), null, `at ${i}`)
  }
})

test('garbage is not a key', () => {
  const { key } = newApiKey()
  const garbage = ['', 'bk_live_', ` ${key}`, `${key} `, `${key}\n`, key.replace('live', 'test')]
  for (const text of [...garbage, 'x'.repeat(1_000_000)]) {
    assert.equal(parseApiKey(text), null)
  }
})

test('a token is 256 bits, and its hash is what is stored', () => {
  const { token, hash } = newToken()
  assert.equal(Buffer.from(token, 'base64url').length, 32)
  assert.deepEqual(hash, createHash('sha256').update(token).digest())
  assert.deepEqual(hashToken(token), hash)
  assert.equal(hashToken(`${token}=`), null)
  assert.equal(hashToken(''), null)
  assert.notEqual(newToken().token, token)
})
