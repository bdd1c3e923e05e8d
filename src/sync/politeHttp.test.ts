import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rateLimit } from './politeHttp.ts'

test('both forms of the RateLimit header are read', () => {
  assert.deepEqual(rateLimit('limit=100, remaining=0, reset=1.5'), { remaining: 0, reset: 1.5 })
  assert.deepEqual(rateLimit('"minuteRate";r=0;t=38, "complexityMinute";r=0;t=7'), {
    ...{ remaining: 0, reset: 38 },
  })
  assert.deepEqual(rateLimit('"minuteRate";r=5;t=38, "concurrency";r=3'), {})
  assert.deepEqual(rateLimit(undefined), {})
})
