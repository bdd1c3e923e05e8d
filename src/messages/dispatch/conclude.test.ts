import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Misconfigured, Rejected, Retryable, Unanswered } from '../../errors.ts'
import { MAX_ATTEMPTS, retryDelay } from '../retry.ts'
import { conclude } from './conclude.ts'

const first = { attempt: 1, idempotent: false, resendUnknown: false }

const cases = [
  ['busy', new Retryable('busy'), first, 'retry'],
  ['busy for the last time', new Retryable('busy'), { ...first, attempt: MAX_ATTEMPTS }, 'fail'],
  ['no answer', new Unanswered('cut'), first, 'unknown'],
  ['no answer, known ids', new Unanswered('cut'), { ...first, idempotent: true }, 'retry'],
  [
    'no answer, duplicates welcome',
    new Unanswered('cut'),
    { ...first, resendUnknown: true },
    'retry',
  ],
  [
    'no answer for the last time, known ids',
    new Unanswered('cut'),
    { attempt: MAX_ATTEMPTS, idempotent: true, resendUnknown: false },
    'unknown',
  ],
  ['refused', new Rejected('content', 'no'), first, 'fail'],
  ['wrong settings', new Misconfigured('401'), first, 'pause'],
  ['a fault of our own, which may have been sent', new TypeError('oops'), first, 'unknown'],
] as const

for (const [what, error, situation, expected] of cases) {
  test(`${what}: ${expected}`, () => {
    assert.equal(conclude(error, situation).do, expected)
  })
}

test('only an address that does not exist is suppressed, only an unsubscribe withdraws consent', () => {
  const of = (reason: 'invalid_address' | 'unsubscribed' | 'blocked' | 'content') =>
    conclude(new Rejected(reason, ''), first)
  assert.partialDeepStrictEqual(of('invalid_address'), { suppress: true, unsubscribe: false })
  assert.partialDeepStrictEqual(of('unsubscribed'), { suppress: false, unsubscribe: true })
  assert.partialDeepStrictEqual(of('blocked'), { suppress: false, unsubscribe: false })
  assert.partialDeepStrictEqual(of('content'), { suppress: false, unsubscribe: false })
})

test('waiting grows, never undercuts what the vendor asked, and ends', () => {
  const waits = Array.from(
    { length: MAX_ATTEMPTS - 1 },
    (_, at) => retryDelay(at + 1, undefined, 0) ?? 0,
  )
  assert.deepEqual(
    waits,
    waits.toSorted((a, b) => a - b),
  )
  assert.equal(retryDelay(MAX_ATTEMPTS, undefined), null)
  assert.equal(retryDelay(1, 60), 60_000)
  assert.equal(
    retryDelay(1, 86_400),
    900_000,
    'a vendor that asks for a day is tried after 15 minutes all the same',
  )
})
