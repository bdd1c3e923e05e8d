/**
 * When messages may go: hours of the day in a time zone, days of the week, holidays.
 *
 * What falls outside is held until the window opens, never dropped. A window that ends before
 * it begins (22:00–06:00) goes over midnight and belongs to the day on which it opens. What
 * a day's clock change does to its hours: lib/zone.ts.
 */
import { z } from 'zod'
import { DAY_MS, instantOf, isTimeZone, MINUTE_MS, wallAt } from './zone.ts'

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

const DAY_MINUTES = 24 * 60
const MAX_HOLIDAYS = 400
const MAX_REMEMBERED = 5_000 // days of windows; all runs that wait for the same morning share one

const Clock = z
  .string()
  .trim()
  .regex(/^(?:\d|[01]\d|2[0-3])(?::[0-5]\d)?$|^24(?::00)?$/, 'not a time of day, such as 08:00')
  .overwrite(asClock)

const LocalDate = z.iso.date('not a date, such as 2026-09-12')

export const SendWindow = z
  .strictObject({
    time_zone: z
      .string()
      .refine(isTimeZone, 'not an IANA time zone, such as Europe/Berlin')
      .optional()
      .meta({ description: 'Default: the contact’s zone, then the workspace’s.' }),
    days: z.array(z.enum(weekdays)).min(1).max(7).optional().meta({ description: 'Default: all.' }),
    from: Clock.meta({ description: 'When it opens, such as 08:00.' }),
    until: Clock.meta({ description: 'When it closes, such as 21:00; 24:00 is midnight.' }),
    holidays: z.array(LocalDate).max(MAX_HOLIDAYS).optional(),
  })
  .refine(({ from, until }) => from !== until, {
    error: 'A window that closes when it opens is never open.',
    path: ['until'],
  })
export type SendWindow = z.infer<typeof SendWindow>

/** `at` when the window is open then, else the instant at which it opens next. */
export function nextOpening(window: SendWindow, at: Date, fallbackZone: string): Date {
  const zone = window.time_zone ?? fallbackZone
  const now = at.getTime()
  const wall = wallAt(now, zone)
  const today = Math.floor(wall / DAY_MS)
  const closed = new Set(window.holidays)
  // Beginning with yesterday, whose night may not be over.
  for (let day = today - 1; day <= today + searchDays(window); day++) {
    if (!isOpenOn(window, closed, day)) continue
    const { opens, closes } = hoursOf(window, zone, day)
    if (closes <= now || closes <= opens) continue
    if (opens > now) return new Date(opens)
    // The clock was put back since it opened: whoever looks at it sees a time before that.
    const early = day * DAY_MS + minutesOf(window.from) * MINUTE_MS - wall
    return early > 0 ? new Date(now + early) : at
  }
  throw new Error('a window that never opens') // searchDays is longer than any row of closed days
}

/** Each holiday closes one day; a clock change can swallow a short window a few times a year. */
function searchDays({ holidays = [] }: SendWindow): number {
  return 7 * (holidays.length + 8)
}

/** `day` counts days since 1970-01-01, a Thursday. */
function isOpenOn({ days }: SendWindow, closed: ReadonlySet<string>, day: number): boolean {
  const weekday = weekdays[(((day + 3) % 7) + 7) % 7]!
  if (days !== undefined && !days.includes(weekday)) return false
  return closed.size === 0 || !closed.has(new Date(day * DAY_MS).toISOString().slice(0, 10))
}

interface Hours {
  readonly opens: number
  readonly closes: number
}

const remembered = new Map<string, Hours>()

/** The window of one local day, as instants. */
function hoursOf({ from, until }: SendWindow, zone: string, day: number): Hours {
  const key = `${zone} ${day} ${from} ${until}`
  let hours = remembered.get(key)
  if (hours === undefined) {
    const [opening, closing] = [minutesOf(from), minutesOf(until)]
    const end = closing <= opening ? closing + DAY_MINUTES : closing
    const wall = (minutes: number) => instantOf(day * DAY_MS + minutes * MINUTE_MS, zone)
    hours = { opens: wall(opening), closes: wall(end) }
    if (remembered.size >= MAX_REMEMBERED) remembered.clear()
    remembered.set(key, hours)
  }
  return hours
}

function minutesOf(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))
}

/** `8` and `8:30` are hours too: settings that come from the environment are written so. */
function asClock(text: string): string {
  const [hour = '', minute = '00'] = text.split(':')
  return `${hour.padStart(2, '0')}:${minute}`
}
