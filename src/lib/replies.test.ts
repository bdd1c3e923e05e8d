import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMac } from './hmac.ts'
import { findAnswered, messageId, readMessageId } from './replies.ts'
import { uuid7 } from './uuid7.ts'

const mac = createMac(Buffer.alloc(32, 1))
const id = uuid7()
const ours = messageId(id, 'mail.example.test', mac)

test('a Message-ID has the form that RFC 5322 allows and names its message', () => {
  assert.match(ours, /^<[0-9a-f-]{36}\.[a-z2-7]{16}@mail\.example\.test>$/)
  assert.equal(messageId(id, 'mail.example.test', mac), ours)
  assert.equal(readMessageId(ours, mac), id)
})

test('the tag is base32 as RFC 4648 writes it', () => {
  const known = messageId('00000000-0000-7000-8000-000000000000', 'x.test', () =>
    Buffer.from('fooba01234'),
  )
  assert.match(known, /\.mzxw6ytbgaytemzu@/)
})

test('an id found among others, folded, bare or in other case is ours', () => {
  assert.equal(readMessageId(`<a@b.test>\r\n ${ours}\r\n <c@d.test>`, mac), id)
  assert.equal(readMessageId(ours.slice(1, -1), mac), id)
  assert.equal(readMessageId(ours.toUpperCase(), mac), id)
})

test('of several ids of ours the last one answers', () => {
  const later = uuid7()
  assert.equal(readMessageId(`${ours} ${messageId(later, 'x.test', mac)}`, mac), later)
})

test('a forged tag, a changed uuid and another key are not ours', () => {
  const tag = ours.slice(38, 54)
  const forged = ours.replace(tag, tag[0] === 'a' ? `b${tag.slice(1)}` : `a${tag.slice(1)}`)
  assert.equal(readMessageId(forged, mac), null)
  assert.equal(readMessageId(ours.replace(id, uuid7()), mac), null)
  assert.equal(readMessageId(ours, createMac(Buffer.alloc(32, 2))), null)
  assert.equal(readMessageId('', mac), null)
  assert.equal(readMessageId('<'.repeat(1_000_000), mac), null)
})

test('In-Reply-To decides before References', () => {
  const other = messageId(uuid7(), 'x.test', mac)
  assert.equal(findAnswered({ inReplyTo: [ours], references: [ours, other] }, mac), id)
  assert.equal(findAnswered({ inReplyTo: ['<a@b>'], references: ['<a@b>', ours] }, mac), id)
  assert.equal(findAnswered({ inReplyTo: [], references: [] }, mac), null)
})
