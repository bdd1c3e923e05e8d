/** Sealed values open only unchanged, with their key, in their place. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { keyFromText, keyId, open, seal } from './crypt.ts'

const key = randomBytes(32)

test('a sealed value opens again and is different each time', () => {
  const one = seal(key, 'שלום', 'w|t|c|1')
  assert.match(one, /^v1\.[\w-]{8}\.[\w-]{16}\.[\w-]+$/)
  assert.equal(open(key, one, 'w|t|c|1'), 'שלום')
  assert.notEqual(seal(key, 'שלום', 'w|t|c|1'), one)
  assert.equal(open(key, seal(key, '', 'x'), 'x'), '')
})

test('a sealed value does not open elsewhere, changed, or with another key', () => {
  const sealed = seal(key, 'secret', 'w|t|c|1')
  assert.throws(() => open(key, sealed, 'w|t|c|2'), /another place/)
  assert.throws(() => open(randomBytes(32), sealed, 'w|t|c|1'), /another key/)
  const parts = sealed.split('.')
  const body = Buffer.from(parts[3]!, 'base64url')
  for (let i = 0; i < body.length; i++) {
    const changed = Buffer.from(body)
    changed[i]! ^= 1
    const text = [...parts.slice(0, 3), changed.toString('base64url')].join('.')
    assert.throws(() => open(key, text, 'w|t|c|1'), /changed/)
  }
  for (const text of ['', 'v1', 'v2.a.b.c', 'v1.a.b.c', `${sealed}.x`, `v1.${keyId(key)}..`]) {
    assert.throws(() => open(key, text, 'w|t|c|1'), /not a sealed value/)
  }
})

test('text becomes the same key each time, another one for another purpose', () => {
  const text = 'any text the operator likes'
  assert.deepEqual(keyFromText(text, 'encryption'), keyFromText(text, 'encryption'))
  assert.notDeepEqual(keyFromText(text, 'encryption'), keyFromText(text, 'jwt'))
  assert.equal(keyFromText(text, 'jwt').length, 32)
  assert.equal(keyFromText('ab'.repeat(32), 'jwt').toString('hex'), 'ab'.repeat(32))
})
