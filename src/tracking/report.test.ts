import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { createMac } from '../lib/hmac.ts'
import { findAnswered, messageId } from '../lib/replies.ts'
import { uuid7 } from '../lib/uuid7.ts'
import { asMail, mails, OUR_ID } from './fixtures/mails.ts'
import { MAX_REPORT, readReport } from './report.ts'

const read = (name: keyof typeof mails) => readReport(asMail(mails[name]))

/** name, then what is said of grace@corp.test: action, status, category, hard. */
const bounces: [
  name: keyof typeof mails,
  action: string,
  status: string | null,
  category: string,
  hard: boolean,
][] = [
  ['postfixUnknownUser', 'failed', '5.1.1', 'invalid_mailbox', true],
  ['postfixNoDomain', 'failed', '5.4.4', 'bad_domain', true],
  ['gmailInactive', 'failed', '5.2.1', 'inactive', true],
  ['mailboxFull', 'failed', '5.2.2', 'full', false],
  ['dmarc', 'failed', '5.7.26', 'auth_fail', false],
  ['spamhaus', 'failed', '5.7.1', 'blocklisted', false],
  ['delayed', 'delayed', '4.4.1', 'network', false],
  ['twoRecipients', 'failed', '5.0.0', 'invalid_mailbox', true],
  ['exchangeDsn', 'failed', '5.1.10', 'invalid_mailbox', true],
  ['exim', 'failed', '5.1.1', 'invalid_mailbox', true],
  ['qmail', 'failed', '5.1.1', 'invalid_mailbox', true],
  ['exchangeText', 'failed', '5.2.2', 'full', false],
]

for (const [name, action, status, category, hard] of bounces) {
  test(`${name} is a bounce: ${category}${hard ? ', hard' : ''}`, async () => {
    const report = await read(name)
    assert.equal(report.kind, 'bounce')
    if (report.kind !== 'bounce') return
    assert.equal(report.originalMessageId, OUR_ID)
    const { diagnostic, ...rest } = report.recipients[0]!
    assert.deepEqual(rest, { address: 'grace@corp.test', action, status, category, hard })
    assert.ok(diagnostic.length > 0)
  })
}

test('every recipient of a report is listed, with the address that we used', async () => {
  const report = await read('twoRecipients')
  assert.ok(report.kind === 'bounce')
  assert.deepEqual(
    report.recipients.map((each) => [each.address, each.action, each.hard]),
    [
      ['grace@corp.test', 'failed', true],
      ['alan@corp.test', 'relayed', false],
    ],
  )
})

test('a folded diagnostic is joined', async () => {
  const report = await read('postfixUnknownUser')
  assert.ok(report.kind === 'bounce')
  assert.match(report.recipients[0]!.diagnostic, /rejected: User unknown in virtual mailbox table$/)
})

test('a bounce that names nobody is still a bounce', async () => {
  assert.deepEqual(await read('daemonWithoutAddress'), {
    kind: 'bounce',
    recipients: [],
    originalMessageId: null,
  })
})

test('feedback reports are complaints', async () => {
  const common = {
    kind: 'complaint',
    originalRecipient: 'grace@corp.test',
    originalMessageId: OUR_ID,
  }
  assert.deepEqual(await read('arf'), { ...common, feedbackType: 'abuse' })
  assert.deepEqual(await read('arfRedacted'), { ...common, feedbackType: 'not-spam' })
})

const absences: [name: keyof typeof mails, until: string | null][] = [
  ['vacation', '2026-11-09'],
  ['vacationHebrew', '2026-11-15'],
  ['vacationGerman', '2026-11-20'],
  ['vacationForever', '2026-12-02'],
  ['ticket', null],
  ['nobody', null],
]

for (const [name, until] of absences) {
  test(`${name} is an automatic answer, back ${until ?? 'at an unknown time'}`, async () => {
    const report = await read(name)
    assert.ok(report.kind === 'auto_reply')
    assert.equal(report.until?.toISOString().slice(0, 10) ?? null, until)
    assert.deepEqual(report.inReplyTo, [OUR_ID])
    assert.deepEqual(report.references, ['<first@example.test>', OUR_ID])
  })
}

const replies: [name: keyof typeof mails, text: string, unsubscribe: boolean][] = [
  ['reply', 'Sounds good, call me on Tuesday.\n\nGrace', false],
  ['replyHebrew', 'נשמע מצוין, אשמח לשמוע עוד.', false],
  ['replyOutlook', 'Yes please.', false],
  ['replyHtml', 'כן, בשמחה', false],
  ['replyAboutVacation', 'I read it.', false],
  ['exchangeHuman', 'Let us talk.', false],
  ['stop', 'Stop.', true],
  ['removeMe', 'Hi Ada,\nplease remove me from your list.\nGrace', true],
  ['hebrewStop', 'תודה, הסירו אותי בבקשה מהרשימה', true],
  ['stopBy', 'I will stop by your office tomorrow and we can talk about it.', false],
  ['asksAbout', 'How can my customers unsubscribe?', false],
]

for (const [name, text, unsubscribe] of replies) {
  test(`${name} is a reply${unsubscribe ? ' that asks for no more' : ''}`, async () => {
    const report = await read(name)
    assert.ok(report.kind === 'reply', report.kind)
    assert.equal(report.text, text)
    assert.equal(report.unsubscribeIntent, unsubscribe)
    assert.equal(report.from, 'grace@corp.test')
    assert.deepEqual(report.inReplyTo, [OUR_ID])
  })
}

test('a reply finds its message by our own Message-ID', async () => {
  const mac = createMac(Buffer.alloc(32, 1))
  const id = uuid7()
  const report = await readReport(
    asMail(mails.reply.replaceAll(OUR_ID, messageId(id, 'x.test', mac))),
  )
  assert.ok(report.kind === 'reply')
  assert.equal(findAnswered(report, mac), id)
})

test('what is no mail is unreadable, and says why', async () => {
  assert.deepEqual(await readReport(Buffer.alloc(0)), { kind: 'unreadable', reason: 'empty' })
  assert.deepEqual(await readReport(randomBytes(2000)), {
    kind: 'unreadable',
    reason: 'not_a_mail',
  })
  assert.deepEqual(await readReport(Buffer.alloc(MAX_REPORT + 1)), {
    kind: 'unreadable',
    reason: 'too_large',
  })
  const nested = Array.from(
    { length: 200 },
    (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\n\n--b${i}\n`,
  )
  assert.deepEqual(await readReport(asMail(nested.join(''))), {
    kind: 'unreadable',
    reason: 'malformed',
  })
})

test('a report with a large original is read to the same result', async () => {
  const large = mails.postfixUnknownUser.replace(
    'Hello Grace',
    'x'.repeat(70).concat('\n').repeat(55_000),
  )
  const report = await readReport(asMail(large))
  assert.ok(report.kind === 'bounce')
  assert.equal(report.recipients[0]!.hard, true)
  assert.equal(report.originalMessageId, OUR_ID)
})

test('flipped, cut and repeated bytes never throw', async () => {
  const names = Object.keys(mails) as (keyof typeof mails)[]
  const kinds = new Set(['bounce', 'complaint', 'auto_reply', 'reply', 'unreadable'])
  const flip = fc.tuple(fc.nat(), fc.nat(255))
  const mutation = fc.record({
    name: fc.constantFrom(...names),
    flips: fc.array(flip, { maxLength: 12 }),
    cut: fc.nat(),
  })
  await fc.assert(
    fc.asyncProperty(mutation, async ({ name, flips, cut }) => {
      const bytes = asMail(mails[name])
      for (const [at, value] of flips) bytes[at % bytes.length] = value
      const report = await readReport(cut % 3 === 0 ? bytes.subarray(0, cut % bytes.length) : bytes)
      assert.ok(kinds.has(report.kind))
    }),
    { numRuns: 3000 },
  )
})

test('text made to exhaust patterns is read like any other', async () => {
  const bodies = [
    'On ',
    '>',
    '-',
    '_',
    '<',
    'a@',
    '1.',
    'until ',
    'stop ',
    '\n',
    'ב',
    'monday 1 ',
    '5.1.1 ',
    ':',
    'not ',
  ]
  for (const body of bodies) {
    for (const name of ['reply', 'vacation', 'exim', 'qmail'] as const) {
      const [head] = mails[name].split('\n\n')
      const report = await readReport(asMail(`${head}\n\n${body.repeat(200_000 / body.length)}`))
      assert.notEqual(report.kind, 'unreadable')
    }
  }
})
