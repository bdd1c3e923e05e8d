import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { diffLines, diffVersions } from './diff.ts'

const print = (lines: ReturnType<typeof diffLines>) =>
  lines.map(({ kind, text }) => ({ same: ' ', added: '+', removed: '-' })[kind] + text)

test('lines that changed are told apart from those that stayed', () => {
  assert.deepEqual(print(diffLines('a\nb\nc\nd', 'a\nx\nc\nd\ne')), [
    ' a',
    '-b',
    '+x',
    ' c',
    ' d',
    '+e',
  ])
  assert.deepEqual(print(diffLines('', 'a')), ['+a'])
  assert.deepEqual(print(diffLines('a', 'a')), [' a'])
})

test('the same and the removed lines are the old text, the same and the added ones the new', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(text, text, (older, newer) => {
      const lines = diffLines(older.join('\n'), newer.join('\n'))
      const without = (kind: string) =>
        lines.filter((line) => line.kind !== kind).map((line) => line.text)
      const split = (list: string[]) => (list.join('\n') === '' ? [] : list)
      assert.deepEqual(without('added'), split(older))
      assert.deepEqual(without('removed'), split(newer))
    }),
  )
})

test('hunks carry three lines of context and their place in both versions', () => {
  const older = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`)
  const newer = [...older]
  newer[4] = 'changed'
  newer.splice(24, 1)
  const hunks = diffVersions(
    { text: older.join('\n'), subject: 's' },
    { text: newer.join('\n'), subject: 's' },
  )
  assert.deepEqual(
    hunks.map(({ field, oldStart, newStart, lines }) => [field, oldStart, newStart, lines.length]),
    [
      ['text', 2, 2, 8],
      ['text', 22, 22, 7],
    ],
  )
})

test('fields that come or go are added or removed', () => {
  const hunks = diffVersions({ html: 'a' }, { text: 'b' })
  assert.deepEqual(
    hunks.map(({ field, lines }) => [field, print([...lines])]),
    [
      ['text', ['+b']],
      ['html', ['-a']],
    ],
  )
})

test('texts too long to compare are replaced', () => {
  const lines = (prefix: string) =>
    Array.from({ length: 3_000 }, (_, index) => prefix + index).join('\n')
  assert.equal(diffLines(lines('a'), lines('b')).length, 6_000)
})
