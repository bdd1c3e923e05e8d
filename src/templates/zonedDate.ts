/** Reading what templates call a date, and where its clock stands. Intl formatters are kept: they are dear to make. */
import { TemplateError } from './templateError.ts'

const NAIVE = /^(\d{4})-(\d\d?)-(\d\d?)(?:[T ](\d\d?):(\d\d)(?::(\d\d)(?:\.(\d{1,3})\d*)?)?)?$/

export interface Zoned {
  /** The UTC fields of this date are what the clock on the wall shows. */
  readonly wall: Date
  readonly offsetMinutes: number
  readonly epochMs: number
  readonly zone: string
  readonly locale: string
}

/** Null for what is no date. `zone` is an IANA name or, as LiquidJS has it, minutes west of UTC. */
export function readDate(value: unknown, zone: unknown, locale: string): Zoned | null {
  if (value === null || value === undefined) return null
  const naive = typeof value === 'string' ? NAIVE.exec(value) : null
  if (naive) {
    const [, year, month, day, hours = 0, minutes = 0, seconds = 0, ms = '0'] = naive
    const wall = Date.UTC(
      +year!,
      +month! - 1,
      +day!,
      +hours,
      +minutes,
      +seconds,
      +ms.padEnd(3, '0'),
    )
    return zoned(wall, zone, locale, true)
  }
  const epoch = epochOf(value)
  return Number.isNaN(epoch) ? null : zoned(epoch, zone, locale, false)
}

function epochOf(value: unknown): number {
  if (value === 'now' || value === 'today') return Date.now()
  if (typeof value === 'number') return value * 1_000
  if (value instanceof Date) return value.getTime()
  if (typeof value !== 'string') return Number.NaN
  return /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value)
}

function zoned(ms: number, zone: unknown, locale: string, naive: boolean): Zoned | null {
  const offsetMinutes = offsetAt(ms, zone)
  const wall = new Date(naive ? ms : ms + offsetMinutes * 60_000)
  if (Number.isNaN(wall.getTime())) return null
  const epochMs = naive ? ms - offsetMinutes * 60_000 : ms
  return { wall, offsetMinutes, epochMs, zone: typeof zone === 'string' ? zone : '', locale }
}

/** Minutes east of UTC. Numbers are as `Date.getTimezoneOffset` gives them: minutes west. */
function offsetAt(ms: number, zone: unknown): number {
  if (zone === 'UTC' || zone === undefined) return 0
  if (typeof zone === 'number') return -zone
  const parts = formatter('en', {
    timeZone: String(zone),
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    era: 'short',
  }).formatToParts(ms)
  const field = (type: string) => Number(parts.find((part) => part.type === type)?.value)
  const wall = Date.UTC(
    field('year'),
    field('month') - 1,
    field('day'),
    field('hour'),
    field('minute'),
  )
  return Math.round((wall - Math.floor(ms / 60_000) * 60_000) / 60_000)
}

const formatters = new Map<string, Intl.DateTimeFormat>()
const MAX_FORMATTERS = 500 // templates name zones and locales; a formatter holds about 10 KB

export function formatter(
  locale: string,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const key = `${locale}\n${JSON.stringify(options)}`
  let found = formatters.get(key)
  if (found === undefined) {
    found = newFormatter(locale, options)
    if (formatters.size >= MAX_FORMATTERS) formatters.clear()
    formatters.set(key, found)
  }
  return found
}

function newFormatter(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat(locale, options)
  } catch (error) {
    throw new TemplateError(
      `There is no such time zone or language: ${options.timeZone}, ${locale}.`,
      null,
      { cause: error },
    )
  }
}
