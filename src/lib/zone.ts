/**
 * The clock on the wall of an IANA zone, and back from it to instants.
 *
 * Wall times here are milliseconds as Date.UTC counts them: what the clock shows, read as
 * if it were UTC. Going back, one rule covers both nights of a year: the first instant at
 * which the clock shows that time or a later one. So a time that the clock skips becomes the
 * instant of the jump, and of a time that it shows twice the first is meant.
 */

export const MINUTE_MS = 60_000
export const DAY_MS = 86_400_000
const WIDEST_OFFSET_MS = 16 * 3_600_000 // no zone was ever farther from UTC (Manila 1844, Metlakatla 1867)
const MAX_FORMATTERS = 600 // there are about 420 zones; a formatter holds about 10 KB

const formatters = new Map<string, Intl.DateTimeFormat>()

/** An IANA name such as `Asia/Jerusalem`. Offsets are none: they know nothing of summer time. */
export function isTimeZone(zone: string): boolean {
  if (!/^[A-Za-z][\w+/-]{1,63}$/.test(zone)) return false
  try {
    formatterOf(zone)
    return true
  } catch {
    return false
  }
}

/** What the clock of the zone shows at an instant. */
export function wallAt(at: number, zone: string): number {
  const fields: Record<string, number> = {}
  for (const { type, value } of formatterOf(zone).formatToParts(at)) fields[type] = Number(value)
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = fields
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((at % 1000) + 1000) % 1000)
}

/** The first instant at which the clock of the zone shows `wall` or later. */
export function instantOf(wall: number, zone: string): number {
  const low = wall - WIDEST_OFFSET_MS
  const high = wall + WIDEST_OFFSET_MS
  const before = wallAt(low, zone) - low
  const after = wallAt(high, zone) - high
  if (before === after) return wall - before
  const jump = jumpBetween(low, high, before, zone)
  return wall - before < jump ? wall - before : Math.max(jump, wall - after)
}

/** When the offset stops being `before`; to the second, which is as fine as zones are. */
function jumpBetween(low: number, high: number, before: number, zone: string): number {
  let still = Math.floor(low / 1000)
  let past = Math.ceil(high / 1000)
  while (past - still > 1) {
    const middle = Math.floor((still + past) / 2)
    if (wallAt(middle * 1000, zone) - middle * 1000 === before) still = middle
    else past = middle
  }
  return past * 1000
}

function formatterOf(zone: string): Intl.DateTimeFormat {
  let found = formatters.get(zone)
  if (found === undefined) {
    found = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    if (formatters.size >= MAX_FORMATTERS) formatters.clear()
    formatters.set(zone, found)
  }
  return found
}
