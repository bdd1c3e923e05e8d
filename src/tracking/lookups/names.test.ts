import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asnOf, hostNameOf, originName, pointerName } from './names.ts'

test('of an address only its network is asked for, and its name in full', () => {
  assert.equal(originName('3.15.23.42'), '0.23.15.3.origin.asn.cymru.com')
  assert.equal(pointerName('3.15.23.42'), '42.23.15.3.in-addr.arpa')
  assert.equal(originName('::ffff:3.15.23.42'), originName('3.15.23.42'))
  assert.equal(originName('2a01:111:f400::7'), '0.0.4.f.1.1.1.0.1.0.a.2.origin6.asn.cymru.com')
  const zeros = Array.from({ length: 19 }, () => '0').join('.')
  assert.equal(pointerName('2a01:111:f400::7'), `7.${zeros}.0.0.4.f.1.1.1.0.1.0.a.2.ip6.arpa`)
  assert.equal(originName('nonsense'), null)
  assert.equal(pointerName(''), null)
})

test('the number is the one of the narrowest network, and of several one that the rules know', () => {
  assert.equal(asnOf(['16509 | 3.0.0.0/15 | US | arin | 2016-01-01']), 16509)
  assert.equal(asnOf(['64496 16509 | 3.0.0.0/15 | US | arin | ']), 16509)
  assert.equal(asnOf(['64496 64497 | 3.0.0.0/15']), 64496)
  assert.equal(asnOf(['16509 | 3.0.0.0/8 |', '64500 | 3.15.23.0/24 |']), 64500)
  for (const text of ['', '|', 'NA | 3.0.0.0/8', '-1 | x', '99999999999 | 3.0.0.0/8', '1.5 |'])
    assert.equal(asnOf([text]), null, text)
  assert.equal(asnOf([]), null)
})

test('of several names the one of a scanner counts', () => {
  assert.equal(hostNameOf(['a.example', 'out1.mimecast.com']), 'out1.mimecast.com')
  assert.equal(hostNameOf(['a.example', 'b.example']), 'a.example')
  assert.equal(hostNameOf([]), null)
  assert.equal(hostNameOf([`a\0${'b'.repeat(400)}`])?.length, 253)
})
