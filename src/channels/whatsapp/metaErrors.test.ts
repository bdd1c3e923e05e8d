import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Misconfigured, Rejected, Retryable } from '../../errors.ts'
import type { HttpResponse } from '../../lib/http.ts'
import { errorFor } from './metaErrors.ts'

const TOKEN = 'a-token-that-nobody-may-see'

function errorOf(status: number, code: number, headers: Record<string, string> = {}, more = {}) {
  const error = { message: `(#${code}) ${TOKEN}`, code, error_data: { details: 'why' }, ...more }
  const body = { error }
  return errorFor({ status, headers, body, text: JSON.stringify(body) } as HttpResponse, TOKEN) // what errors read of it
}

/** https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes, with the statuses they come with. */
const wanted = [
  [
    Misconfigured,
    [
      [401, 0],
      [401, 190],
      [500, 3],
      [403, 10],
      [403, 200],
      [403, 131005],
      [403, 131031],
      [403, 368],
      [400, 33],
    ],
  ],
  [
    Retryable,
    [
      [400, 4],
      [400, 80007],
      [400, 130429],
      [500, 131000],
      [500, 131016],
      [400, 131056],
      [500, 131057],
      [500, 2],
    ],
  ],
  [
    Rejected,
    [
      [400, 100],
      [400, 131008],
      [400, 131009],
      [400, 131021],
      [400, 131026],
      [400, 131047],
      [400, 131049],
      [400, 131050],
      [400, 131051],
      [404, 132001],
      [400, 132000],
      [400, 132015],
    ],
  ],
] as const

test('each of Meta’s codes is what we do about it, and none tells the token', () => {
  for (const [family, codes] of wanted)
    for (const [status, code] of codes) {
      const error = errorOf(status, code)
      assert.ok(error instanceof family, `${code} is ${error.name}`)
      assert.match(error.message, new RegExp(String(code)))
      assert.ok(!error.message.includes(TOKEN))
    }
})

test('a number of ours that is not there is a wrong setting, however Meta says it', () => {
  const error = errorOf(400, 100, {}, { error_subcode: 33 })
  assert.ok(error instanceof Misconfigured)
  assert.ok(!error.message.includes(TOKEN))
  assert.ok(errorOf(400, 100) instanceof Rejected, 'by the code alone it is this message')
})

test('too fast for one person slows down that person, too fast at all the sender', () => {
  const pair = errorOf(400, 131056)
  assert.ok(pair instanceof Retryable && pair.recipientOnly && pair.code === '131056')
  const all = errorOf(400, 130429, { 'retry-after': '7' })
  assert.ok(all instanceof Retryable && !all.recipientOnly)
  assert.deepEqual([all.code, all.after], ['429', 7]) // which holds the sender
})

test('enough for today is a day of rest; who asked for no more is unsubscribed', () => {
  const enough = errorOf(400, 131049)
  assert.ok(enough instanceof Rejected)
  assert.deepEqual([enough.reason, enough.restSeconds], ['blocked', 86_400])
  const out = errorOf(400, 131050)
  assert.ok(out instanceof Rejected && out.reason === 'unsubscribed')
})
