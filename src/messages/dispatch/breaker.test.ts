import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createBreaker } from './breaker.ts'

/** Notes calls at one a millisecond and answers the changes. */
function note(breaker: ReturnType<typeof createBreaker>, calls: readonly boolean[], from = 0) {
  return calls.map((ok, at) => breaker.note(ok, from + at)).filter((change) => change !== null)
}

test('stays closed below twenty calls and below one half', () => {
  assert.deepEqual(note(createBreaker(), Array(19).fill(false)), [])
  assert.deepEqual(note(createBreaker(), [...Array(30).fill(true), ...Array(29).fill(false)]), [])
})

test('opens at one half of twenty calls', () => {
  const breaker = createBreaker()
  assert.deepEqual(note(breaker, [...Array(10).fill(true), ...Array(10).fill(false)]), ['open'])
  assert.equal(breaker.state, 'open')
})

test('failures older than a minute do not count', () => {
  const breaker = createBreaker()
  note(breaker, Array(19).fill(false))
  assert.deepEqual(note(breaker, [false, true, true], 62_000), [])
})

test('closes after five good probes in a row; a bad one opens it anew', () => {
  const breaker = createBreaker()
  note(breaker, Array(20).fill(false))
  assert.deepEqual(note(breaker, [true, true, false, true, true, true, true, true], 100_000), [
    'open',
    'close',
  ])
  assert.equal(breaker.state, 'closed')
})
