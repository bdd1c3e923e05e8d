import assert from 'node:assert/strict'
import { test } from 'node:test'
import { instantOf, isTimeZone, wallAt } from './zone.ts'

const wall = (text: string) => Date.parse(`${text}Z`)
const instant = (text: string, zone: string) => new Date(instantOf(wall(text), zone)).toISOString()

test('a wall time becomes the instant at which the clock shows it', () => {
  assert.equal(instant('2026-01-15T08:00', 'Asia/Jerusalem'), '2026-01-15T06:00:00.000Z')
  assert.equal(instant('2026-07-15T08:00', 'Asia/Jerusalem'), '2026-07-15T05:00:00.000Z')
  assert.equal(instant('2026-01-15T08:00', 'Asia/Kathmandu'), '2026-01-15T02:15:00.000Z')
  assert.equal(instant('2026-01-15T08:00', 'UTC'), '2026-01-15T08:00:00.000Z')
})

test('a time that the clock skips becomes the instant of the jump', () => {
  assert.equal(instant('2026-03-29T02:30', 'Europe/Berlin'), '2026-03-29T01:00:00.000Z')
  assert.equal(instant('2026-03-08T02:00', 'America/New_York'), '2026-03-08T07:00:00.000Z')
  assert.equal(instant('2026-04-24T00:00', 'Africa/Cairo'), '2026-04-23T22:00:00.000Z')
})

test('a day that never was begins when the next one does', () => {
  assert.equal(instant('2011-12-30T09:00', 'Pacific/Apia'), '2011-12-30T10:00:00.000Z')
})

test('of a time that the clock shows twice the first is meant', () => {
  assert.equal(instant('2026-10-25T02:30', 'Europe/Berlin'), '2026-10-25T00:30:00.000Z')
  assert.equal(instant('2026-10-25T03:00', 'Europe/Berlin'), '2026-10-25T02:00:00.000Z')
  assert.equal(instant('2026-04-05T01:45', 'Australia/Lord_Howe'), '2026-04-04T14:45:00.000Z')
})

test('every zone’s clock goes to instants and back', () => {
  for (const zone of Intl.supportedValuesOf('timeZone')) {
    for (const at of [
      '1975-06-01T12:34:56.789Z',
      '2026-01-31T23:59:59.999Z',
      '2037-07-01T00:00Z',
    ]) {
      const ms = Date.parse(at)
      assert.equal(instantOf(wallAt(ms, zone), zone), ms, `${zone} ${at}`)
    }
  }
})

test('a zone is known or not', () => {
  assert.deepEqual(
    ['Asia/Jerusalem', 'UTC', 'Mars/Base', '', '+02:00', 'Europe/Berlin; drop'].map(isTimeZone),
    [true, true, false, false, false, false],
  )
})
