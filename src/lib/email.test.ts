import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { emailSyntax, normaliseEmail } from './email.ts'

const good = [
  'ada@example.test',
  'ada.lovelace+news@mail.example.test',
  "o'brien_1@xn--4db.example.test",
  'ada@localhost',
  'עדה@example.test',
  'ada@דוגמה.test',
  '!#$%&*+/=?^_`{|}~-@example.test',
  `${'a'.repeat(64)}@example.test`,
]

const bad: [address: string, why: string][] = [
  ['', 'nothing'],
  ['ada', 'no at sign'],
  ['@example.test', 'no local part'],
  ['ada@', 'no domain'],
  ['ada@example', 'no dot in the domain'],
  ['ada@@example.test', 'two at signs'],
  ['"a@evil.test x"@good.test', 'a quoted local part'],
  ['a@evil.test,b@good.test', 'a list'],
  ['Ada <ada@example.test>', 'a display name'],
  ['group: ada@example.test;', 'a group'],
  ['ada@example.test(comment)', 'a comment'],
  ['ada@[127.0.0.1]', 'an address literal'],
  ['ada@127.0.0.1', 'an address as domain'],
  ['.ada@example.test', 'a leading dot'],
  ['ada..lovelace@example.test', 'two dots'],
  ['ada@-example.test', 'a label that begins with a dash'],
  ['ada@example-.test', 'a label that ends with a dash'],
  ['ada@exa_mple.test', 'an underscore in the domain'],
  ['ada@example.test.', 'a trailing dot'],
  ['ada @example.test', 'a space'],
  ['ada@example.test\r\nRCPT TO:<eve@example.test>', 'a line break'],
  ['ada\0@example.test', 'a NUL'],
  ['ada\u2028@example.test', 'a line separator'],
  ['ada\u200b@example.test', 'an invisible space'],
  ['ada\ud800@example.test', 'half a surrogate pair'],
  [`${'a'.repeat(65)}@example.test`, 'a local part of 65'],
  [`ada@${'a'.repeat(64)}.test`, 'a label of 64'],
  [`ada@${'abcdefg.'.repeat(32)}test`, 'more than 254 characters'],
  [`${'א'.repeat(40)}@example.test`, 'a local part of 80 octets'],
  [`${'a'.repeat(1_000_000)}@example.test`, 'a megabyte'],
  [`a@${'a.'.repeat(500_000)}`, 'a megabyte of labels'],
]

test('mailboxes that can be written to are accepted', () => {
  for (const address of good) assert.equal(emailSyntax(address), true, address)
})

test('whatever is not exactly one mailbox is refused', () => {
  for (const [address, why] of bad) assert.equal(emailSyntax(address), false, why)
})

test('spellings of one mailbox become the same', () => {
  assert.equal(normaliseEmail('  Ada@EXAMPLE.Test '), 'Ada@example.test')
  assert.equal(normaliseEmail('ada@bücher.test'), 'ada@xn--bcher-kva.test')
  assert.equal(normaliseEmail('ada@BU\u0308CHER.test'), 'ada@xn--bcher-kva.test')
  assert.equal(normaliseEmail('e\u0301@example.test'), '\u00e9@example.test')
  assert.equal(normaliseEmail(' nothing '), 'nothing')
})

test('normalising twice changes nothing, and never makes an address with breaks valid', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
      const once = normaliseEmail(text)
      assert.equal(normaliseEmail(once), once)
      if (emailSyntax(once)) assert.doesNotMatch(once, /[\s\0<>"(),:;]/)
    }),
  )
})
