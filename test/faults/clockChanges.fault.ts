/**
 * Ten years of clock changes in eight zones: windows that go over midnight, and schedules at every
 * quarter of an hour. What is right is read from the clock on the wall, minute by minute,
 * by a rule that shares nothing with the code: no message outside its hours, no day twice.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nextTime } from '../../src/journeys/schedule.ts'
import { nextOpening, SendWindow } from '../../src/lib/window.ts'
import { chance, seedOf } from '../helpers/random.ts'

// Half an hour, a gap at midnight, a quarter of an hour, a missing day, none at all: RELIABILITY 2.4.
const zones = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Africa/Cairo',
  'Asia/Jerusalem',
  'Asia/Kathmandu',
  'Pacific/Chatham',
  'Pacific/Apia',
]
const FIRST_YEAR = 2026
const YEARS = 10
const TRIES = 60 // instants about each change
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** Minutes of the wall clock since an epoch, one per minute of real time. */
const walls = new Map<string, Intl.DateTimeFormat>()
function wall(at: number, zone: string): { day: string; minute: number } {
  const format =
    walls.get(zone) ??
    new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
  walls.set(zone, format)
  const [day = '', time = ''] = format.format(at).split(' ')
  return { day, minute: Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5)) }
}

/** Instants at which the clock of the zone is put forward or back. */
function changes(zone: string): number[] {
  const found: number[] = []
  const offset = (at: number) => {
    const { day, minute } = wall(at, zone)
    return Date.parse(`${day}T00:00:00Z`) + minute * MINUTE_MS - at
  }
  const end = Date.UTC(FIRST_YEAR + YEARS, 0, 1)
  for (let at = Date.UTC(FIRST_YEAR, 0, 1); at < end; at += DAY_MS) {
    if (offset(at) === offset(at + DAY_MS)) continue
    let [low, high] = [at, at + DAY_MS]
    while (high - low > MINUTE_MS) {
      const middle = low + Math.floor((high - low) / 2 / MINUTE_MS) * MINUTE_MS
      if (offset(middle) === offset(at)) low = middle
      else high = middle
    }
    found.push(high)
  }
  return found
}

const clock = (minute: number) =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`

test('R16', (t) => {
  const random = chance(seedOf())
  let changed = 0
  let openings = 0
  let days = 0
  for (const zone of zones) {
    // A zone without changes is looked at in the middle of its years.
    const found = changes(zone)
    changed += found.length
    const places = found.length > 0 ? found : [Date.UTC(FIRST_YEAR + YEARS / 2, 5, 1)]
    for (const place of places) {
      for (let n = 0; n < TRIES; n++) {
        checkWindow(zone, place + random.between(-2 * 1440, 2 * 1440) * MINUTE_MS, random)
        openings++
      }
    }
    days += checkDays(zone, clock(random.between(0, 95) * 15))
    days += checkDays(zone, '02:30')
    days += checkDays(zone, '00:00')
  }
  t.diagnostic(
    `${zones.length} zones, ${YEARS} years, ${changed} clock changes: ${openings} messages about them, 0 in quiet hours; ` +
      `${days} local days of ${3 * zones.length} schedules, each once`,
  )
})

/** The moment found is inside the hours as the wall shows them, and no minute before it was. */
function checkWindow(zone: string, at: number, random: ReturnType<typeof chance>): void {
  const [from, until] = [random.between(0, 95) * 15, random.between(0, 95) * 15]
  if (from === until) return
  const window = SendWindow.parse({ from: clock(from), until: clock(until) })
  const found = +nextOpening(window, new Date(at), zone)
  const about = `${zone} ${clock(from)}–${clock(until)} at ${new Date(at).toISOString()}: ${new Date(found).toISOString()}`
  assert.ok(found >= at, `before it was asked: ${about}`)
  const inside = (instant: number) => isInside(wall(instant, zone).minute, from, until)
  // The clock may skip a whole window; then the rule is "the first instant after the gap", and it is open for none.
  assert.ok(inside(found), `in quiet hours: ${about}`)
  for (let minute = at; minute < found && minute < at + DAY_MS; minute += MINUTE_MS)
    if (inside(minute)) assert.ok(secondTime(minute, zone), `open already: ${about}`)
}

function isInside(minute: number, from: number, until: number): boolean {
  return from < until ? minute >= from && minute < until : minute >= from || minute < until
}

/** Whether the clock showed this time an hour or less before: what comes twice counts once. */
function secondTime(at: number, zone: string): boolean {
  const now = wall(at, zone)
  for (let back = 15; back <= 60; back += 15) {
    const before = wall(at - back * MINUTE_MS, zone)
    if (before.day === now.day && before.minute >= now.minute) return true
  }
  return false
}

/** Every local day of the years has its time once. */
function checkDays(zone: string, at: string): number {
  const schedule = { at, time_zone: zone }
  const seen = new Set<string>()
  const end = Date.UTC(FIRST_YEAR + YEARS, 0, 1)
  let time = new Date(Date.UTC(FIRST_YEAR, 0, 1))
  for (;;) {
    const next = nextTime(schedule, time, 'UTC')
    assert.ok(next, `${zone} ${at}: never again after ${time.toISOString()}`)
    if (+next >= end) break
    const { day, minute } = wall(+next, zone)
    assert.ok(!seen.has(day), `${zone} ${at}: twice on ${day}`)
    const wanted = Number(at.slice(0, 2)) * 60 + Number(at.slice(3))
    // In a gap it comes at the jump, which shows a later time.
    if (minute !== wanted) assert.ok(minute > wanted && minute - wanted <= 60, `${zone} ${day}`)
    seen.add(day)
    time = next
  }
  const whole = Math.round((end - Date.UTC(FIRST_YEAR, 0, 1)) / DAY_MS)
  assert.ok(seen.size >= whole - 1, `${zone} ${at}: ${seen.size} of ${whole} days`)
  return seen.size
}
