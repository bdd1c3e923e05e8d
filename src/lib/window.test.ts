import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { z } from 'zod'
import { nextOpening, SendWindow, weekdays } from './window.ts'
import { DAY_MS, MINUTE_MS, wallAt } from './zone.ts'

const parse = (window: z.input<typeof SendWindow>) => SendWindow.parse(window)
const opening = (window: SendWindow, at: string, zone = 'UTC') =>
  nextOpening(window, new Date(at), zone).toISOString()

const israel = parse({ from: '08:00', until: '21:00', time_zone: 'Asia/Jerusalem' })

const cases: readonly (readonly [string, SendWindow, string, string])[] = [
  ['inside: at once', israel, '2026-01-15T10:00:00.000Z', '2026-01-15T10:00:00.000Z'],
  ['before: the same morning', israel, '2026-01-15T05:30:00.000Z', '2026-01-15T06:00:00.000Z'],
  ['the first moment is inside', israel, '2026-01-15T06:00:00.000Z', '2026-01-15T06:00:00.000Z'],
  ['the last is not', israel, '2026-01-15T19:00:00.000Z', '2026-01-16T06:00:00.000Z'],
  ['after: the next morning', israel, '2026-01-15T20:00:00.000Z', '2026-01-16T06:00:00.000Z'],
  ['summer time has come', israel, '2026-03-26T20:00:00.000Z', '2026-03-27T05:00:00.000Z'],
  [
    '24:00 is midnight',
    parse({ from: '20', until: '24' }),
    '2026-01-15T23:59:59.999Z',
    '2026-01-15T23:59:59.999Z',
  ],
  [
    'over midnight, still open',
    parse({ from: '22:00', until: '06:00', days: ['fri'] }),
    '2026-01-17T05:00:00.000Z', // a Saturday: it is Friday's night
    '2026-01-17T05:00:00.000Z',
  ],
  [
    'over midnight, closed until Friday',
    parse({ from: '22:00', until: '06:00', days: ['fri'] }),
    '2026-01-17T06:00:00.000Z',
    '2026-01-23T22:00:00.000Z',
  ],
  [
    'not on holidays',
    parse({ from: '9', until: '17', holidays: ['2026-09-12', '2026-09-13'] }),
    '2026-09-12T10:00:00.000Z',
    '2026-09-14T09:00:00.000Z',
  ],
  [
    'a window that the clock jumps over opens the day after',
    parse({ from: '02:10', until: '02:40', time_zone: 'Europe/Berlin' }),
    '2026-03-29T00:30:00.000Z',
    '2026-03-30T00:10:00.000Z',
  ],
  [
    'an opening that the clock skips is the jump',
    parse({ from: '02:30', until: '09:00', time_zone: 'Europe/Berlin' }),
    '2026-03-29T00:00:00.000Z',
    '2026-03-29T01:00:00.000Z',
  ],
  [
    'an hour that comes twice closes at the first',
    parse({ from: '01:00', until: '02:30', time_zone: 'Europe/Berlin' }),
    '2026-10-25T00:30:00.000Z',
    '2026-10-26T00:00:00.000Z',
  ],
]

for (const [name, window, at, expected] of cases) {
  test(`a window: ${name}`, () => assert.equal(opening(window, at), expected))
}

test('without a zone of its own a window is in the zone it is given', () => {
  const window = parse({ from: '08:00', until: '21:00' })
  assert.equal(opening(window, '2026-01-15T05:00:00Z', 'Asia/Tokyo'), '2026-01-15T05:00:00.000Z')
  assert.equal(opening(window, '2026-01-15T05:00:00Z', 'UTC'), '2026-01-15T08:00:00.000Z')
})

test('sixty Mondays on end can be holidays: the window is found however far it is', () => {
  const mondays = Array.from({ length: 60 }, (_, week) =>
    new Date(Date.UTC(2026, 0, 5) + week * 7 * DAY_MS).toISOString().slice(0, 10),
  )
  const window = parse({ from: '9', until: '10', days: ['mon'], holidays: mondays })
  assert.equal(opening(window, '2026-01-05T00:00:00Z'), '2027-03-01T09:00:00.000Z')
})

test('what is no window is refused', () => {
  const refused = [
    { from: '08:00', until: '08:00' },
    { from: '8', until: '08:00' },
    { from: '24:30', until: '08:00' },
    { from: '08:60', until: '09:00' },
    { from: '08:00', until: '21:00', time_zone: 'Mars/Base' },
    { from: '08:00', until: '21:00', days: [] },
    { from: '08:00', until: '21:00', holidays: ['2026-02-30'] },
    { from: '08:00', until: '21:00', colour: 'red' },
  ]
  for (const window of refused) {
    assert.equal(SendWindow.safeParse(window).success, false, JSON.stringify(window))
  }
})

test('a clock that is put back behind the opening closes the window until it shows that time again', () => {
  const window = SendWindow.parse({ from: '03:30', until: '05:45' })
  // Chatham, 2030-04-07: after 03:45 comes 02:45, at 14:00Z.
  for (const [at, expected] of [
    ['2030-04-06T13:44:00Z', '2030-04-06T13:45:00.000Z'],
    ['2030-04-06T13:50:00Z', '2030-04-06T13:50:00.000Z'],
    ['2030-04-06T14:30:00Z', '2030-04-06T14:45:00.000Z'],
    ['2030-04-06T14:50:00Z', '2030-04-06T14:50:00.000Z'],
  ] as const)
    assert.equal(nextOpening(window, new Date(at), 'Pacific/Chatham').toISOString(), expected)
})

/** Days around which a zone's clock is changed, 2025 to 2028; for zones without, one plain day. */
function changes(zone: string): number[] {
  const offset = (at: number) => wallAt(at, zone) - at
  const found: number[] = []
  const end = Date.UTC(2028, 0, 1)
  for (let week = Date.UTC(2025, 0, 1); week < end; week += 7 * DAY_MS) {
    if (offset(week) === offset(week + 7 * DAY_MS)) continue
    for (let at = week; at < week + 7 * DAY_MS; at += DAY_MS) {
      if (offset(at) !== offset(at + DAY_MS)) found.push(at)
    }
  }
  return found.length > 0 ? found : [Date.UTC(2026, 2, 29)]
}

const minuteOf = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))

/**
 * Walks minute by minute over the days around and writes down, for each local day, when its clock first
 * shows opening and closing time or later: the rule itself, without any search.
 */
function openMinutes(window: SendWindow, zone: string, from: number, until: number): Set<number> {
  const first = new Map<string, number>()
  const steps: { at: number; wall: number }[] = []
  for (let at = from - 2 * DAY_MS; at < until + 2 * DAY_MS; at += MINUTE_MS) {
    // Clocks are changed at quarters of an hour of UTC; asking at each is enough.
    const last = steps.at(-1)
    const same = last && at % (15 * MINUTE_MS) !== 0
    steps.push({ at, wall: same ? last.wall + MINUTE_MS : wallAt(at, zone) })
  }
  const days = new Set(steps.map(({ wall }) => Math.floor(wall / DAY_MS)))
  // Days that a zone left out altogether open and close at the same instant; they do not matter.
  const firstAt = (wall: number) => {
    const key = String(wall)
    let found = first.get(key)
    if (found === undefined) {
      found = steps.find((step) => step.wall >= wall)?.at ?? Number.POSITIVE_INFINITY
      first.set(key, found)
    }
    return found
  }
  const open = new Set<number>()
  for (const day of [...days].slice(1)) {
    const weekday = weekdays[(day + 3) % 7]!
    const date = new Date(day * DAY_MS).toISOString().slice(0, 10)
    if (window.days && !window.days.includes(weekday)) continue
    if (window.holidays?.includes(date)) continue
    const [opens, closes] = [minuteOf(window.from), minuteOf(window.until)]
    const begin = firstAt(day * DAY_MS + opens * MINUTE_MS)
    const end = firstAt(day * DAY_MS + (closes <= opens ? closes + 1440 : closes) * MINUTE_MS)
    // A clock that is put back behind the opening closes it until it shows that time again.
    for (const { at, wall } of steps)
      if (at >= begin && at < end && at < until && wall >= day * DAY_MS + opens * MINUTE_MS)
        open.add(at)
  }
  return open
}

const clock = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 10, 15, 30, 45, 59))
  .map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`)
const windows = fc
  .record(
    {
      from: fc.oneof(clock, fc.constantFrom('00:00', '01:30', '02:00', '02:30', '23:30')),
      until: fc.oneof(clock, fc.constantFrom('24:00', '01:00', '02:30', '03:00')),
      days: fc.uniqueArray(fc.constantFrom(...weekdays), { minLength: 3, maxLength: 7 }),
    },
    { requiredKeys: ['from', 'until'] },
  )
  .filter(({ from, until }) => from !== until)

test('over every zone’s clock changes a window opens at the first moment that the rule allows', () => {
  const zones = Intl.supportedValuesOf('timeZone')
  for (const zone of zones) {
    const days = changes(zone)
    fc.assert(
      fc.property(
        windows,
        fc.constantFrom(...days),
        fc.integer({ min: -1440, max: 2880 }),
        (input, day, offset) => {
          const window = SendWindow.parse(input)
          const at = day + offset * MINUTE_MS
          const found = nextOpening(window, new Date(at), zone).getTime()
          assert.ok(found >= at)
          assert.equal(nextOpening(window, new Date(found), zone).getTime(), found)
          const open = openMinutes(window, zone, at, Math.min(found, at + 2 * DAY_MS) + MINUTE_MS)
          for (let minute = at; minute < Math.min(found, at + 2 * DAY_MS); minute += MINUTE_MS) {
            assert.ok(!open.has(minute), `open already at ${new Date(minute).toISOString()}`)
          }
          if (found < at + 2 * DAY_MS) assert.ok(open.has(found), 'not open by the rule')
        },
      ),
      { numRuns: 1 },
    )
  }
})
