import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Misconfigured, Rejected, Retryable, Unanswered } from '../errors.ts'
import { checking, errorForReply, excerpt, retryAfterSeconds, truncate } from './reply.ts'

const reply = (status: number, headers = {}, body?: unknown) => ({
  status,
  headers,
  body,
  text: '',
})
const now = Date.UTC(2026, 10, 21, 10)

const waits: readonly [value: string, seconds: number | undefined][] = [
  ['7', 7],
  ['0', 0],
  ['1.5', 1.5],
  ['Sat, 21 Nov 2026 10:01:00 GMT', 60],
  ['Sat, 21 Nov 2026 09:00:00 GMT', 0],
  ['soon', undefined],
  ['', undefined],
]
for (const [value, seconds] of waits) {
  test(`Retry-After "${value}" means ${seconds}`, () => {
    assert.equal(retryAfterSeconds(reply(429, { 'retry-after': value }), now), seconds)
  })
}

test('a 5xx without the words of the vendor leaves the outcome open, unless repeating is safe', () => {
  assert.ok(errorForReply(reply(502), 'x') instanceof Unanswered)
  assert.ok(errorForReply(reply(502), 'x', { idempotent: true }) instanceof Retryable)
  assert.ok(errorForReply(reply(500, {}, { message: 'x' }), 'x') instanceof Retryable)
  assert.ok(errorForReply(reply(503), 'x') instanceof Retryable)
})

test('an excerpt is short, on one line, well formed and without secrets', () => {
  assert.equal(
    excerpt('Cannot POST\n /api/a-long-secret\u0000', 'a-long-secret'),
    'Cannot POST /api/***',
  )
  const long = excerpt('👋'.repeat(5_000))
  assert.ok(Buffer.byteLength(long) <= 1_000 && long.isWellFormed() && !long.includes('\ufffd'))
})

test('truncating never splits a character', () => {
  assert.equal(truncate('short', 5), 'short')
  assert.equal(truncate('longer', 5), 'long…')
  assert.equal(truncate('aa👋👋', 4), 'aa…')
})

test('a check knows two outcomes only', async () => {
  const raise = (error: Error) => checking(() => Promise.reject(error))
  await assert.rejects(raise(new Unanswered('x')), Retryable)
  await assert.rejects(raise(new Rejected('content', 'x')), Misconfigured)
  await assert.rejects(raise(new Retryable('x')), Retryable)
})
