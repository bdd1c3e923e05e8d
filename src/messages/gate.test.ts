import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Facts, gate } from './gate.ts'

const free: Facts = { kind: 'marketing', expired: false, suppressed: false, unsubscribed: false }

const cases: [string, Partial<Facts>, string][] = [
  ['nothing against it', {}, 'go'],
  ['its time is over', { expired: true, suppressed: true }, 'expired'],
  ['a suppressed address', { suppressed: true, unsubscribed: true }, 'suppressed'],
  [
    'a suppressed address, transactional',
    { kind: 'transactional', suppressed: true },
    'suppressed',
  ],
  ['a suppressed address, system', { kind: 'system', suppressed: true }, 'suppressed'],
  ['unsubscribed, marketing', { unsubscribed: true }, 'unsubscribed'],
  ['unsubscribed, transactional', { kind: 'transactional', unsubscribed: true }, 'go'],
  ['unsubscribed, system', { kind: 'system', unsubscribed: true }, 'go'],
]

for (const [what, facts, expected] of cases) {
  test(`${what}: ${expected}`, () => {
    const verdict = gate({ ...free, ...facts })
    assert.equal(verdict.go ? 'go' : verdict.reason, expected)
  })
}
