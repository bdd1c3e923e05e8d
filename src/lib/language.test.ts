import assert from 'node:assert/strict'
import { test } from 'node:test'
import { preferredLanguage } from './language.ts'

const known = ['en', 'he'] as const
const cases: readonly [header: string | undefined, expected: string][] = [
  [undefined, 'en'],
  ['', 'en'],
  ['fr', 'en'],
  ['he-IL,he;q=0.9,en-US;q=0.8', 'he'],
  ['en;q=0.5, he', 'he'],
  ['fr, he;q=0, en;q=0.1', 'en'],
  ['IW', 'he'],
  [';;q=,,', 'en'],
]

for (const [header, expected] of cases) {
  test(`Accept-Language ${JSON.stringify(header)} gets ${expected}`, () => {
    assert.equal(preferredLanguage(header, known), expected)
  })
}
