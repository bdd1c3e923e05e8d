import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createInFlight } from './inFlight.ts'

/** A sender that answers `perMs` messages a millisecond, whose intents take `commitMs`. */
function play({ perMs, commitMs }: { perMs: number; commitMs: number }) {
  let at = 0
  const inFlight = createInFlight({ least: 8, most: 400 }, () => at)
  for (let round = 0; round < 200; round++) {
    at += commitMs
    for (let n = 0; n < perMs * commitMs; n++) inFlight.answered()
    inFlight.committed(commitMs)
  }
  return inFlight.size
}

test('a slow server has little more under way than its connections hold', () => {
  assert.ok(play({ perMs: 0.1, commitMs: 10 }) <= 12)
})

test('a quick one has as much as it answers while two intents are committed', () => {
  const size = play({ perMs: 5, commitMs: 10 })
  assert.ok(size >= 5 * 20 && size <= 5 * 40, String(size))
})

test('however slow the database is, there is a limit', () => {
  assert.equal(play({ perMs: 5, commitMs: 1_000 }), 400)
})

test('what a burst has opened closes again', () => {
  let at = 0
  const inFlight = createInFlight({ least: 8, most: 400 }, () => at)
  for (let n = 0; n < 1_000; n++) inFlight.answered()
  at += 100
  inFlight.committed(10)
  assert.ok(inFlight.size > 50)
  for (let round = 0; round < 40; round++) {
    at += 100
    inFlight.committed(10)
  }
  assert.equal(inFlight.size, 8)
})
