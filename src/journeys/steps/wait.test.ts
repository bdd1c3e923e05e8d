import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StepRun } from './step.ts'
import { decideWait } from './wait.ts'

const now = new Date('2027-03-01T00:00:00Z')
const run: StepRun = {
  journey: { name: 'w', trigger: { events: ['x'] }, steps: [{ id: 'w', type: 'wait', hours: 1 }] },
  facts: { event: {}, contact: {}, settings: {}, steps: {}, run: {}, workspace: {} },
  ...{ key: '', now, enteredAt: now, waited: false, timeZone: 'Asia/Jerusalem', tags: [] },
}
const until = (text: string) => {
  const outcome = decideWait(run, { id: 'w', type: 'wait', until: text })
  return outcome.kind === 'wait' ? outcome.until.toISOString() : outcome.kind
}

test('a date without an offset is one of the run’s zone, wherever the server stands', () => {
  const zone = process.env['TZ']
  try {
    for (const server of ['UTC', 'America/New_York']) {
      process.env['TZ'] = server
      assert.equal(until('2027-03-25T09:00'), '2027-03-25T07:00:00.000Z')
      assert.equal(until('2027-03-28 09:00:00'), '2027-03-28T06:00:00.000Z') // summer time
      assert.equal(until('2027-03-26T02:30'), '2027-03-26T00:00:00.000Z') // the jump
      assert.equal(until('2027-04-01'), '2027-03-31T21:00:00.000Z')
    }
  } finally {
    if (zone === undefined) delete process.env['TZ']
    else process.env['TZ'] = zone
  }
})

test('a date with an offset is that instant, and one that is over is not waited for', () => {
  assert.equal(until('2027-03-25T09:00:00+01:00'), '2027-03-25T08:00:00.000Z')
  assert.equal(until('2027-03-25T09:00Z'), '2027-03-25T09:00:00.000Z')
  assert.equal(until('Thu, 25 Mar 2027 09:00:00 GMT'), '2027-03-25T09:00:00.000Z')
  assert.equal(until('2020-01-01'), 'go')
})

test('what is no date is none, and no month of 2001', () => {
  for (const text of ['', '5', 'tomorrow', '26.3.2027', '03/04/2027', '2027-13-01'])
    assert.throws(() => until(text), RangeError, text)
})
