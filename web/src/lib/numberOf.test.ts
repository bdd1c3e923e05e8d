/** What is typed stays what was typed. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { numberOf } from './numberOf.ts'

test('what reads the same as a number is one', () => {
  for (const [text, value] of [
    ['0', 0],
    ['12', 12],
    ['-3', -3],
    ['1.05', 1.05],
  ] as const)
    assert.equal(numberOf(text), value)
})

test('half a number, a number with more, and words stay as they are', () => {
  for (const text of ['', ' ', '-', '1.', '1.0', '007', '12345678901234567890', 'Infinity', 'NaN'])
    assert.equal(numberOf(text), undefined, text)
})
