import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Rejected } from '../../errors.ts'
import { mailboxField, parameter, structuredField, textField } from './headers.ts'

const lines = (field: string) => field.trimEnd().split('\r\n')

test('plain text stays as it is', () => {
  assert.equal(textField('Subject', 'Your order'), 'Subject: Your order\r\n')
  assert.equal(textField('Subject', ''), 'Subject: \r\n')
})

test('long plain text is folded at single spaces, and unfolds to itself', () => {
  const value = 'word  and word '.repeat(30).trim()
  const field = textField('Subject', value)
  assert.ok(lines(field).every((line) => line.length <= 78 && line.trim() !== ''))
  assert.equal(field.replaceAll('\r\n', ''), `Subject: ${value}`)
})

test('a word of more than 998 characters becomes encoded words', () => {
  const field = textField('X-Long', 'x'.repeat(1_500))
  assert.ok(lines(field).every((line) => line.length <= 76))
})

test('encoded words have at most 75 characters in lines of at most 76, and split no character', () => {
  const value = 'שלום 👩‍👩‍👧‍👦 '.repeat(20)
  const field = textField('Subject', value)
  let decoded = ''
  for (const line of lines(field)) {
    assert.ok(line.length <= 76, line)
    const [, base64 = ''] = /=\?utf-8\?B\?([\w+/=]*)\?=$/.exec(line) ?? []
    const part = Buffer.from(base64, 'base64').toString()
    assert.doesNotMatch(part, /\ufffd/)
    decoded += part
  }
  assert.equal(decoded, value)
})

test('what looks like an encoded word, or would be trimmed, is encoded', () => {
  for (const value of ['=?utf-8?Q?x?=', ' leading', 'trailing ', 'tab\tinside', '\u2028', '\x7f']) {
    assert.match(textField('Subject', value), /^Subject: =\?utf-8\?B\?[\w+/=]+\?=\r\n$/)
  }
})

test('names are written as atoms, quoted or encoded, as they need', () => {
  const from = (name: string) => mailboxField('From', { name, address: 'ada@example.test' })
  assert.equal(from('Ada Lovelace'), 'From: Ada Lovelace <ada@example.test>\r\n')
  assert.equal(from('Lovelace, Ada'), 'From: "Lovelace, Ada" <ada@example.test>\r\n')
  assert.equal(from('Ada "Countess" \\'), 'From: "Ada \\"Countess\\" \\\\" <ada@example.test>\r\n')
  assert.equal(from('עדה'), 'From: =?utf-8?B?16LXk9eU?= <ada@example.test>\r\n')
  assert.equal(from(''), 'From: ada@example.test\r\n')
  assert.ok(lines(from('עדה '.repeat(30))).every((line) => line.length <= 76))
})

test('international domains are written in ASCII', () => {
  assert.equal(
    mailboxField('From', { address: 'ada@BÜCHER.test' }),
    'From: ada@xn--bcher-kva.test\r\n',
  )
})

test('parameters use RFC 2231 where they must', () => {
  assert.equal(parameter('filename', 'a "b".pdf'), ';\r\n filename="a \\"b\\".pdf"')
  assert.equal(parameter('filename', "é'(1)*"), ";\r\n filename*=utf-8''%C3%A9%27%281%29%2A")
  const long = parameter('filename', 'דוח שנתי '.repeat(10))
  assert.match(long, /^;\r\n filename\*0\*=utf-8''%D7%93/)
  assert.ok(long.split('\r\n').every((line) => line.length <= 78))
})

test('fields with a grammar take printable ASCII only', () => {
  assert.throws(() => structuredField('List-Unsubscribe', '<https://x.test/ü>'), Rejected)
  assert.throws(() => structuredField('References', 'x'.repeat(1_200)), Rejected)
})

test('a refusal names the field', () => {
  for (const value of ['a\r\nBcc: eve@example.test', 'a\nb', 'a\rb', 'a\0b', '\ud800']) {
    assert.throws(() => textField('Subject', value), { reason: 'content', message: /^Subject / })
    assert.throws(() => structuredField('List-Id', value), { message: /^List-Id / })
    const name = { name: value, address: 'ada@example.test' }
    assert.throws(() => mailboxField('Reply-To', name), { message: /^Reply-To / })
    const address = { address: `ada@example.test${value}` }
    assert.throws(() => mailboxField('From', address), { reason: 'content', message: /^From / })
  }
})
