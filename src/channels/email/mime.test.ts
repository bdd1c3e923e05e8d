import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { type ParsedMail, simpleParser } from 'mailparser'
import { Rejected } from '../../errors.ts'
import type { EmailContent } from '../channel.ts'
import { composeMime } from './mime.ts'

const date = new Date('2026-03-01T08:09:10Z')

function email(overrides: Partial<EmailContent> = {}): EmailContent {
  return {
    from: { name: 'Analytical Engines', address: 'hello@engines.test' },
    subject: 'Your engine is ready',
    html: '<p>Ready</p>',
    text: 'Ready',
    messageId: '<0192f3a4-7bbb-8ccc@engines.test>',
    headers: {},
    attachments: [],
    ...overrides,
  }
}

const compose = (overrides?: Partial<EmailContent>, to = 'ada@example.test') =>
  composeMime(email(overrides), { date, to })

const parse = (mime: Buffer): Promise<ParsedMail> => simpleParser(mime, { skipImageLinks: true })

/** Names of the header fields, in order, unfolded by hand. */
function fieldNames(mime: Buffer): string[] {
  const head = mime.toString().split('\r\n\r\n')[0] ?? ''
  return head
    .split('\r\n')
    .filter((line) => !line.startsWith(' '))
    .map((line) => line.slice(0, line.indexOf(':')))
}

const usualFields = 'From To Subject Date Message-ID MIME-Version Content-Type'.split(' ')

/** Everything at once: Hebrew, right to left, emoji, files, an inline image, long headers. */
function everything() {
  const image = randomBytes(3_001)
  const report = randomBytes(100_000)
  return email({
    from: { name: 'מנועים אנליטיים, בע"מ', address: 'hello@engines.test' },
    replyTo: { name: 'Desk; "Help"', address: 'help@engines.test' },
    subject: `ההזמנה שלך בדרך 🎉 ${'ארוך מאוד '.repeat(20)}!`,
    html: `<div dir="rtl">שלום עולם 👋<img src="cid:logo@engines.test"></div>\n${'x'.repeat(2_000)}`,
    text: 'שלום עולם 👋\n.\nFrom here\n',
    headers: {
      'List-Unsubscribe': `<https://engines.test/u/${'t'.repeat(300)}>, <mailto:u@engines.test>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      'X-Note': `${'long words in a long header '.repeat(60)}end`,
    },
    attachments: [
      {
        filename: 'logo.png',
        contentType: 'image/png',
        content: image,
        contentId: 'logo@engines.test',
      },
      { filename: 'דוח שנתי.pdf', contentType: 'application/pdf', content: report },
      {
        filename: 'forwarded.bin',
        contentType: 'message/rfc822',
        content: Buffer.from('A: b\n\nc'),
      },
    ],
  })
}

test('a recipient’s name stands in To, in any script, and its address is judged as ever', async () => {
  for (const toName of [
    'Ada Lovelace',
    'Lovelace, Ada "Countess"',
    'עדה לאבלייס '.repeat(16).trim(),
  ]) {
    const mail = await parse(compose({ toName }))
    assert.deepEqual(mail.to && 'value' in mail.to && mail.to.value, [
      { name: toName, address: 'ada@example.test' },
    ])
  }
  assert.match(compose({ toName: '' }).toString(), /^To: ada@example.test\r$/m)
  for (const [toName, to, reason] of [
    ['Ada', 'ada@', 'invalid_address'],
    ['Ada\r\nBcc: eve@example.test', 'ada@example.test', 'content'],
  ] as const)
    assert.throws(() => compose({ toName }, to), { name: 'Rejected', reason })
})

test('mailparser reads back everything that was put in', async () => {
  const content = everything()
  const mail = await parse(composeMime(content, { date, to: 'ada@example.test' }))
  assert.deepEqual(mail.from?.value, [{ ...content.from, name: content.from.name }])
  assert.deepEqual(mail.replyTo?.value, [content.replyTo])
  assert.equal(mail.subject, content.subject)
  assert.equal(mail.messageId, content.messageId)
  assert.equal(mail.date?.getTime(), date.getTime())
  assert.equal(mail.text?.replaceAll('\r', ''), content.text)
  assert.match(mail.html || '', /^<div dir="rtl">שלום עולם 👋/)
  assert.equal(mail.headers.get('x-note'), content.headers['X-Note'])
  assert.deepEqual(
    mail.attachments.map((file) => [
      file.filename,
      file.contentType,
      file.content,
      file.related ?? false,
    ]),
    [
      ['logo.png', 'image/png', content.attachments[0]?.content, true],
      ['דוח שנתי.pdf', 'application/pdf', content.attachments[1]?.content, false],
      ['forwarded.bin', 'application/octet-stream', content.attachments[2]?.content, false],
    ],
  )
})

const python = `
import sys, json, email, email.policy
mail = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
print(json.dumps({
  'defects': [str(d) for part in mail.walk() for d in part.defects],
  'subject': mail['subject'],
  'from': [[a.display_name, a.addr_spec] for a in mail['from'].addresses],
  'date': mail['date'].datetime.isoformat(),
  'types': [part.get_content_type() for part in mail.walk()],
  'text': mail.get_body(('plain',)).get_content(),
  'html': mail.get_body(('html',)).get_content(),
  'files': [part.get_filename() for part in mail.iter_attachments()],
}))`

test("Python's email reads it without a defect", (t) => {
  if (spawnSync('python3', ['-c', 'import email.policy']).status !== 0) {
    return t.skip('python3 is not installed')
  }
  const content = everything()
  const input = composeMime(content, { date, to: 'ada@example.test' })
  const run = spawnSync('python3', ['-c', python], { input, encoding: 'utf8' })
  assert.equal(run.status, 0, run.stderr)
  const mail = JSON.parse(run.stdout)
  assert.deepEqual(mail.defects, [])
  assert.equal(mail.subject, content.subject)
  assert.deepEqual(mail.from, [[content.from.name, content.from.address]])
  assert.equal(mail.date, '2026-03-01T08:09:10+00:00')
  assert.equal(mail.text.replaceAll('\r', ''), content.text)
  assert.equal(mail.html.replaceAll('\r', ''), content.html)
  assert.deepEqual(mail.files, ['דוח שנתי.pdf', 'forwarded.bin'])
  assert.deepEqual(mail.types, [
    'multipart/mixed',
    'multipart/alternative',
    'text/plain',
    'multipart/related',
    'text/html',
    'image/png',
    'application/pdf',
    'application/octet-stream',
  ])
})

test('lines end in CRLF, stay short and are ASCII; no body line begins with a dot', () => {
  const mime = composeMime(everything(), { date, to: 'ada@example.test' }).toString('latin1')
  assert.doesNotMatch(mime.replaceAll('\r\n', ''), /[\r\n]|[^\x20-\x7e]/)
  const lines = mime.split('\r\n')
  assert.ok(lines.every((line) => line.length <= 998 && !line.startsWith('.')))
  assert.ok(lines.filter((line) => line.length > 78).every((line) => line.includes('https:')))
})

test('the same input gives the same bytes', () => {
  assert.deepEqual(compose(), compose())
})

test('text alone is one part, html alone too, both are alternatives with the text first', async () => {
  const type = (overrides: Partial<EmailContent>) =>
    compose(overrides)
      .toString()
      .match(/Content-Type: [\w/]+/g)
  assert.deepEqual(type({ html: null }), ['Content-Type: text/plain'])
  assert.deepEqual(type({ text: '' }), ['Content-Type: text/html'])
  assert.deepEqual(type({}), [
    'Content-Type: multipart/alternative',
    'Content-Type: text/plain',
    'Content-Type: text/html',
  ])
})

test('bodies of every length survive', async () => {
  for (const length of [0, 1, 2, 3, 56, 57, 58, 114, 29_183, 29_184, 29_185, 70_000]) {
    const content = randomBytes(length)
    const text = 'א'.repeat(length)
    const file = { filename: 'f.bin', contentType: 'application/x-y', content }
    const mail = await parse(compose({ html: null, text, attachments: [file] }))
    assert.equal(mail.text?.trimEnd() ?? '', text)
    assert.deepEqual(mail.attachments[0]?.content, content)
  }
})

test('text in ASCII goes as it is, and as base64 what a relay or a reader would change', async () => {
  const encodings: [text: string, encoding: string][] = [
    ['Ready', '7bit'],
    ['Ready\n.\n.dots\nsaid "From here"\n', '7bit'],
    ['x'.repeat(998), '7bit'],
    ['x'.repeat(999), 'base64'],
    ['Hello\nFrom here', 'base64'],
    ['Hello\n--=_a_0192f3a4-7bbb-8cccengines.test\nmore', 'base64'],
    ['nul\0', 'base64'],
    ['café', 'base64'],
  ]
  for (const [text, encoding] of encodings) {
    const mime = compose({ text })
    assert.match(mime.toString(), new RegExp(`text/plain[^\r]*\r\n[^:]*: ${encoding}\r\n`))
    assert.equal((await parse(mime)).text, text)
  }
})

test('line breaks of any kind arrive as CRLF', async () => {
  const mime = compose({ html: null, text: 'a\nb\r\nc\rd' })
  assert.match(mime.toString(), /\r\n\r\na\r\nb\r\nc\r\nd\r\n$/)
})

test('a line break or NUL is refused wherever it could end a field, and the field is named', () => {
  for (const evil of ['x\r\nBcc: eve@evil.test', 'x\nBcc: eve', 'x\rBcc: eve', 'x\0']) {
    const file = { filename: 'f', contentType: 'text/plain', content: Buffer.from('') }
    const cases: [string, Partial<EmailContent>][] = [
      ['Subject', { subject: evil }],
      ['From', { from: { name: evil, address: 'a@b.test' } }],
      ['From', { from: { address: `a@b.test${evil}` } }],
      ['Reply-To', { replyTo: { name: evil, address: 'a@b.test' } }],
      ['Reply-To', { replyTo: { address: evil } }],
      ['Message-ID', { messageId: `<a@b>${evil}` }],
      ['X-Header', { headers: { 'X-Header': evil } }],
      ['List-Unsubscribe', { headers: { 'List-Unsubscribe': evil } }],
      ['header name', { headers: { [evil]: 'x' } }],
      ['filename', { attachments: [{ ...file, filename: evil }] }],
      ['contentType', { attachments: [{ ...file, contentType: `text/${evil}` }] }],
      ['contentId', { attachments: [{ ...file, contentId: evil }] }],
    ]
    for (const [field, overrides] of cases) {
      const refused = (error: unknown) =>
        error instanceof Rejected && error.reason === 'content' && error.message.includes(field)
      assert.throws(() => compose(overrides), refused, `${field} ${JSON.stringify(evil)}`)
    }
    assert.throws(() => compose({}, `ada@example.test${evil}`), {
      reason: 'content',
      message: /^To /,
    })
  }
})

test('the fields we write cannot be written a second time', () => {
  for (const name of ['subject', 'FROM', 'Bcc', 'Content-Type', 'Message-Id', 'X Y', 'é', '']) {
    assert.throws(() => compose({ headers: { [name]: 'x' } }), { reason: 'content' }, name)
  }
})

test('a recipient that is no address is refused as such', () => {
  for (const to of ['', 'ada', '"a@evil.test x"@good.test', 'a@b.test, c@d.test']) {
    assert.throws(() => compose({}, to), { reason: 'invalid_address' }, to)
  }
})

test('line separators of Unicode travel encoded', async () => {
  const mime = compose({
    subject: 'a\u2028b\u2029c',
    from: { name: '\u2028', address: 'a@b.test' },
  })
  assert.deepEqual(fieldNames(mime), usualFields)
  assert.equal((await parse(mime)).subject, 'a\u2028b\u2029c')
})

test('any subject, name and header value comes back as it was or is refused', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ unit: 'grapheme', maxLength: 120 }),
    fc.string({ maxLength: 300 }),
    fc.constantFrom('=?utf-8?B?eA==?=', '=?x', 'a\r\nB: c', '"', '\\', 'a, b <c@d.test>', '\u2028'),
  )
  await fc.assert(
    fc.asyncProperty(text, text, text, async (subject, name, value) => {
      const headers = { 'X-Value': value }
      let mime: Buffer
      try {
        mime = compose({ subject, from: { name, address: 'a@b.test' }, headers })
      } catch (error) {
        assert.ok(error instanceof Rejected)
        return assert.match(subject + name + value, /[\r\n\0]/)
      }
      assert.deepEqual(fieldNames(mime), usualFields.toSpliced(5, 0, 'X-Value'))
      const head = mime.toString('latin1').split('\r\n\r\n')[0] ?? ''
      assert.deepEqual(decodedFields(head), { subject, name, value })
      const mail = await parse(mime)
      assert.equal(mail.from?.value.length, 1)
      assert.equal(mail.from?.value[0]?.address, 'a@b.test')
    }),
    { numRuns: 200 },
  )
})

/** A reader after RFC 2047 and RFC 5322, since mailparser trims and cleans what it decodes. */
function decodedFields(head: string) {
  const field = (name: string) => {
    const [, raw = ''] = new RegExp(`^${name}: ((?:.*)(?:\\r\\n .*)*)`, 'm').exec(head) ?? []
    return raw.replaceAll('\r\n', '')
  }
  const words = (text: string) => {
    const parts = text.trim().split(/ +/)
    if (!parts.every((part) => /^=\?utf-8\?B\?[\w+/=]+\?=$/.test(part))) return text
    return Buffer.concat(parts.map((part) => Buffer.from(part.slice(10, -2), 'base64'))).toString()
  }
  const phrase = field('From').replace(/ ?<?a@b\.test>?$/, '')
  const quoted = /^"(.*)"$/.exec(phrase)?.[1]
  const name = quoted === undefined ? words(phrase) : quoted.replace(/\\(.)/g, '$1')
  return { subject: words(field('Subject')), name, value: words(field('X-Value')) }
}
