import assert from 'node:assert/strict'
import { createHmac, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { createMac, deriveKey } from './hmac.ts'

test('a mac equals createHmac for every length of data and key around the edges', () => {
  for (const keyLength of [0, 1, 20, 32, 63, 64, 65, 131]) {
    const key = randomBytes(keyLength)
    const mac = createMac(key)
    for (const length of [0, 1, 24, 41, 63, 64, 65, 2730, 8191, 8192, 8193, 50_000]) {
      const data = randomBytes(length)
      const expected = createHmac('sha256', key).update(data).digest('hex')
      assert.equal(mac(data).toString('hex'), expected, `key ${keyLength}, data ${length}`)
      assert.equal(mac(data, 'base64'), Buffer.from(expected, 'hex').toString('base64'))
    }
  }
})

test('text of any length and any characters is signed as UTF-8', () => {
  const key = randomBytes(32)
  const mac = createMac(key)
  for (const character of ['a', 'ש', '€', '👋', '\ud800']) {
    for (const length of [1, 64, 2_730, 2_731, 4_096, 8_192, 8_193]) {
      const text = character.repeat(length)
      const expected = createHmac('sha256', key).update(text).digest('base64')
      assert.equal(mac(text, 'base64'), expected, `${length} times ${character}`)
    }
  }
})

test('text is signed as UTF-8, and a call leaves nothing behind for the next', () => {
  const key = randomBytes(32)
  const mac = createMac(key)
  const first = mac('שלום 👋')
  const second = mac('a')
  assert.deepEqual(first, createHmac('sha256', key).update('שלום 👋').digest())
  assert.deepEqual(second, createHmac('sha256', key).update('a').digest())
  assert.notDeepEqual(first, second)
})

test('RFC 4231 test case 2', () => {
  const mac = createMac(Buffer.from('Jefe'))
  assert.equal(
    mac('what do ya want for nothing?').toString('hex'),
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  )
})

test('derived keys differ by label and by master, and are stable', () => {
  const master = Buffer.alloc(32, 7)
  assert.equal(deriveKey(master, 'a').length, 32)
  assert.deepEqual(deriveKey(master, 'a'), deriveKey(master, 'a'))
  assert.notDeepEqual(deriveKey(master, 'a'), deriveKey(master, 'b'))
  assert.notDeepEqual(deriveKey(master, 'a'), deriveKey(Buffer.alloc(32, 8), 'a'))
})
