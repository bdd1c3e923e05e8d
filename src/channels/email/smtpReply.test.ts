import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Misconfigured, Rejected, Retryable } from '../../errors.ts'
import { Reply, ReplyReader, refusal, type Step } from './smtpReply.ts'

function read(...chunks: string[]) {
  const reader = new ReplyReader()
  const replies: [number, string][] = []
  const sound = chunks.every((chunk) =>
    reader.feed(Buffer.from(chunk), (reply) => replies.push([reply.code, reply.text])),
  )
  return { replies, sound, partial: reader.partial }
}

test('replies are found however the stream is cut', () => {
  const stream = '220 hi\r\n250-a\r\n250-b\r\n250 c\r\n354\r\n250 2.0.0 Ok\n'
  const whole = read(stream)
  assert.deepEqual(
    whole.replies.map(([code]) => code),
    [220, 250, 354, 250],
  )
  fc.assert(
    fc.property(fc.array(fc.nat(stream.length)), (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), stream.length]
      const chunks = at.slice(1).map((end, i) => stream.slice(at[i], end))
      assert.deepEqual(read(...chunks), whole)
    }),
  )
})

test('what is no reply is noticed', () => {
  const garbage = ['HTTP/1.1 400 Bad\r\n', '\r\n', '2x0 no\r\n', '25\r\n', '250x\r\n', '650 no\r\n']
  for (const text of [...garbage, '250-a\r\n550 b\r\n', 'x'.repeat(20_000)]) {
    assert.equal(read(text).sound, false, text.slice(0, 20))
  }
})

test('the text is one line without control characters, at most 1 KB', () => {
  assert.equal(read('250-a\0b\r\n250 c\r\n').replies[0]?.[1], '250-a b 250 c')
  assert.equal(read(`250 ${'x'.repeat(5_000)}\r\n`).replies[0]?.[1].length, 1_024)
})

const meanings: [Step, string, string][] = [
  ['mail', '451 4.7.1 later', 'retryable'],
  ['rcpt', '450 4.2.0 greylisted', 'retryable'],
  ['data', '421 4.3.2 closing', 'retryable'],
  ['dot', '452 4.3.1 full', 'retryable'],
  ['rcpt', '550 5.1.1 no such user', 'invalid_address'],
  ['rcpt', '550 5.1.10 null MX', 'invalid_address'],
  ['rcpt', '550 no such user', 'invalid_address'],
  ['rcpt', '551 not local', 'invalid_address'],
  ['rcpt', '553 5.1.3 bad syntax', 'invalid_address'],
  ['rcpt', '554 5.2.1 disabled', 'invalid_address'],
  ['dot', '550 5.1.1 no such user', 'invalid_address'],
  ['rcpt', '550 5.7.1 relaying denied', 'blocked'],
  ['rcpt', '554 5.7.1 spam', 'blocked'],
  ['dot', '554 5.7.1 spam', 'blocked'],
  ['rcpt', '550-5.7.26 unauthenticated\r\n550 5.7.26 mail', 'blocked'],
  ['rcpt', '552 5.2.2 mailbox full', 'blocked'],
  ['rcpt', '550 5.2.2 mailbox full', 'blocked'],
  ['mail', '550 5.1.8 bad sender', 'blocked'],
  ['mail', '550 no', 'blocked'],
  ['mail', '552 5.3.4 too big', 'content'],
  ['dot', '552 too big', 'content'],
  ['dot', '554 5.6.0 bad content', 'content'],
  ['dot', '554 failed', 'content'],
  ['mail', '530 5.7.0 authenticate first', 'misconfigured'],
  ['mail', '535 5.7.8 bad credentials', 'misconfigured'],
]

test('each refusal means one thing', () => {
  for (const [step, text, meaning] of meanings) {
    const bytes = Buffer.from(text)
    const error = refusal(step, new Reply(Number(text.slice(0, 3)), bytes, 0, bytes.length))
    const actual =
      error instanceof Rejected
        ? error.reason
        : error instanceof Retryable
          ? 'retryable'
          : error instanceof Misconfigured && 'misconfigured'
    assert.equal(actual, meaning, `${step}: ${text}`)
    assert.equal(error.message.startsWith(text.slice(0, 4)), true)
  }
})
