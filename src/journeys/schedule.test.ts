import assert from 'node:assert/strict'
import { test } from 'node:test'
import { wallAt } from '../lib/zone.ts'
import { nextTime, type Schedule } from './schedule.ts'

const next = (schedule: Schedule, after: string, zone = 'UTC') =>
  nextTime(schedule, new Date(after), zone)?.toISOString() ?? null

test('a time of day comes once a day, by the clock on the wall', () => {
  const nine = { at: '09:00', time_zone: 'Europe/Berlin' }
  assert.equal(next(nine, '2026-11-21T07:59:00Z'), '2026-11-21T08:00:00.000Z')
  assert.equal(next(nine, '2026-11-21T08:00:00Z'), '2026-11-22T08:00:00.000Z')
  assert.equal(next(nine, '2026-07-01T08:00:00Z'), '2026-07-02T07:00:00.000Z')
  assert.equal(
    next({ at: '09:00' }, '2026-11-21T12:00:00Z', 'Asia/Tokyo'),
    '2026-11-22T00:00:00.000Z',
  )
})

test('named days are the days of the zone', () => {
  const monday: Schedule = { at: '00:30', days: ['mon'], time_zone: 'Asia/Jerusalem' }
  assert.equal(next(monday, '2026-11-21T12:00:00Z'), '2026-11-22T22:30:00.000Z')
  const hourly: Schedule = { every_minutes: 60, days: ['sun'], time_zone: 'Asia/Jerusalem' }
  assert.equal(next(hourly, '2026-11-21T12:10:00Z'), '2026-11-21T22:00:00.000Z')
  assert.equal(next(hourly, '2026-11-22T21:00:00Z'), '2026-11-28T22:00:00.000Z')
})

test('the night that skips the time begins at the jump, the night that has it twice begins once', () => {
  const night = { at: '02:30', time_zone: 'Europe/Berlin' }
  assert.equal(next(night, '2026-03-28T12:00:00Z'), '2026-03-29T01:00:00.000Z')
  assert.equal(next(night, '2026-03-29T01:00:00Z'), '2026-03-30T00:30:00.000Z')
  assert.equal(next(night, '2026-10-24T12:00:00Z'), '2026-10-25T00:30:00.000Z')
  assert.equal(next(night, '2026-10-25T00:30:00Z'), '2026-10-26T01:30:00.000Z')
})

test('long steps find their day, and steps of whole weeks another day never', () => {
  const fortnight = 14 * 24 * 60
  assert.equal(
    next({ every_minutes: fortnight, days: ['thu'] }, '1970-01-02T00:00:00Z'),
    '1970-01-15T00:00:00.000Z',
  )
  assert.equal(next({ every_minutes: fortnight, days: ['mon'] }, '1970-01-02T00:00:00Z'), null)
  assert.equal(
    next({ every_minutes: 9 * 24 * 60, days: ['mon'] }, '2026-11-21T00:00:00Z')?.slice(11),
    '00:00:00.000Z',
  )
})

test('in every zone each local day of two years has its time once', () => {
  for (const zone of Intl.supportedValuesOf('timeZone')) {
    const seen = new Set<number>()
    let at = new Date('2026-01-01T00:00:00Z')
    const end = +new Date('2028-01-01T00:00:00Z')
    for (; +at < end; at = nextTime({ at: '02:15', time_zone: zone }, at, 'UTC') ?? assert.fail()) {
      const day = Math.floor(wallAt(+at, zone) / 86_400_000)
      assert.ok(!seen.has(day) || seen.size === 1, `${zone} ${at.toISOString()}`)
      seen.add(day)
    }
    assert.ok(seen.size >= 729, `${zone} ${seen.size}`)
  }
})
