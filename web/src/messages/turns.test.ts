/** However often many messages are asked for again, each is done once. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AT_ONCE, turnsOf } from './turns.ts'

const ids = Array.from({ length: 2 * AT_ONCE + 30 }, (_, n) => `m-${n}`)
const last = { ids: ids.slice(-30), key: 'k' }

test('every message is in one turn, each turn has a key of its own', () => {
  const turns = turnsOf(ids, null)
  assert.deepEqual(
    turns.flatMap((turn) => turn.ids),
    ids,
  )
  assert.deepEqual(
    turns.map((turn) => turn.ids.length),
    [AT_ONCE, AT_ONCE, 30],
  )
  assert.equal(new Set(turns.map(({ key }) => key)).size, 3)
})

test('a turn whose answer was lost is asked again as it was, whatever else is chosen since', () => {
  const [first, second] = turnsOf([...last.ids, 'more'], last)
  assert.equal(first, last)
  assert.deepEqual(second?.ids, ['more'])
})

test('a turn that is no longer chosen as a whole is another request', () => {
  const [only] = turnsOf(last.ids.slice(1), last)
  assert.deepEqual(only?.ids, last.ids.slice(1))
  assert.notEqual(only?.key, last.key)
})
