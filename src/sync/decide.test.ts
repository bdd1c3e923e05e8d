import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Rule } from '../connectors/mapping.ts'
import { type Claim, isTheirs, markOf } from './decide.ts'

const noon = new Date('2026-03-01T12:00:00Z')
const before = new Date('2026-03-01T11:00:00Z')
const later = new Date('2026-03-01T13:00:00Z')
const both = { ours: 'Ada', theirs: 'Ada L.', before: undefined, theirsAt: null, oursAt: noon }

const cases: readonly [string, Partial<Claim> & { rule: Rule }, boolean][] = [
  ['theirs is right', { rule: 'theirs' }, true],
  ['ours is right', { rule: 'ours' }, false],
  ['ours is right, and we have nothing', { rule: 'ours', ours: null }, true],
  ['ours is right, and we have an empty text', { rule: 'ours', ours: '' }, true],
  ['both say the same', { rule: 'theirs', ours: 'Ada L.' }, false],
  ['newest, theirs is later', { rule: 'newest', theirsAt: later }, true],
  ['newest, ours is later', { rule: 'newest', theirsAt: before }, false],
  ['newest, nobody knows when', { rule: 'newest' }, true],
  [
    'newest, only ours changed since',
    { rule: 'newest', before: markOf('Ada L.'), theirsAt: later },
    false,
  ],
  [
    'newest, only theirs changed since, whatever the clocks say',
    { rule: 'newest', before: markOf('Ada'), theirsAt: before },
    true,
  ],
  [
    'newest, both changed since, ours later',
    { rule: 'newest', before: markOf('A.'), theirsAt: before },
    false,
  ],
  [
    'newest, both changed since, theirs later',
    { rule: 'newest', before: markOf('A.'), theirsAt: later },
    true,
  ],
]
for (const [name, claim, expected] of cases)
  test(`who is right: ${name}`, () => assert.equal(isTheirs({ ...both, ...claim }), expected))
