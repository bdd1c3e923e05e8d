/** Days of date fields, in zones where they do not begin at midnight of UTC. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { beginOf, dayOf } from './day.ts'

const zone = process.env['TZ']
after(() => {
  if (zone === undefined) delete process.env['TZ']
  else process.env['TZ'] = zone
})

test('a day that is chosen is the day that is shown, wherever one is', () => {
  for (const each of ['Asia/Jerusalem', 'America/Los_Angeles', 'UTC', 'Pacific/Kiritimati']) {
    process.env['TZ'] = each
    for (const day of ['2026-03-27', '2026-11-01', '2026-12-31']) {
      assert.equal(dayOf(beginOf(day)), day, each)
      assert.equal(dayOf(beginOf(day, 1), true), day, each)
    }
  }
})

test('what is no day is none', () => {
  assert.equal(beginOf(''), '')
  assert.equal(beginOf('soon'), '')
  assert.equal(dayOf('soon'), '')
})
