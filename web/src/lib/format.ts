/** Numbers, shares and times as the viewer's locale and zone have them. */
import { language, locale } from './language.ts'

/** To make a formatter costs a thousand times what its use does, so each is made once. */
function kept<O extends object, F>(make: (locale: string, options: O) => F) {
  const made = new Map<string, F>()
  return (options: O): F => {
    const key = locale() + JSON.stringify(options)
    const format = made.get(key) ?? make(locale(), options)
    made.set(key, format)
    return format
  }
}

const numbers = kept((tag, how: Intl.NumberFormatOptions) => new Intl.NumberFormat(tag, how))
const times = kept((tag, how: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(tag, how))
const spans = kept(
  (tag, how: Intl.RelativeTimeFormatOptions) => new Intl.RelativeTimeFormat(tag, how),
)

export const number = (value: number): string => numbers({}).format(value)

/** A mean: one digit behind the point says enough. */
export const mean = (value: number): string => numbers({ maximumFractionDigits: 1 }).format(value)

export const compact = (value: number): string =>
  numbers({ notation: 'compact', maximumFractionDigits: 1 }).format(value)

/** A rate of 0 to 1. */
export const percent = (rate: number): string =>
  numbers({ style: 'percent', maximumFractionDigits: 1 }).format(rate)

/** Of one message it may be a fraction of a cent. */
export const money = (value: number, currency: string): string =>
  numbers({
    style: 'currency',
    currency,
    maximumFractionDigits: value < 1 ? 5 : 2,
  }).format(value)

let ownZone = ''
export function zone(): string {
  ownZone ||= Intl.DateTimeFormat().resolvedOptions().timeZone
  return ownZone
}

export const dateTime = (at: string | Date): string =>
  times({ dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at))

export const exactTime = (at: string): string =>
  times({ dateStyle: 'short', timeStyle: 'medium' }).format(new Date(at))

export const day = (at: string | Date): string =>
  times({ month: 'short', day: 'numeric' }).format(new Date(at))

const steps: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
]

/** "5 minutes ago", "in 2 days". */
export function ago(at: string | Date): string {
  const ms = new Date(at).getTime() - Date.now()
  const [unit, size] = steps.find(([, each]) => Math.abs(ms) >= each) ?? ['second', 1000]
  const isHebrew = language() === 'he'
  const style = isHebrew ? 'long' : 'short' // Hebrew's short one is full of abbreviations
  const told = spans({ numeric: 'auto', style }).format(Math.round(ms / size), unit)
  return isHebrew ? told.replace(/ \(\d+\)/, '') : told // CLDR writes "לפני שעתיים (2)"
}

/** How long between two moments, in words short enough for a timeline. */
export function gap(from: string, to: string): string {
  const ms = new Date(to).getTime() - new Date(from).getTime()
  const [unit, size] =
    ms < 1000
      ? (['millisecond', 1] as const)
      : ([...steps, ['second', 1000] as const].find(([, each]) => ms >= each) ?? ['second', 1000])
  return numbers({
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: ms < 60_000 && ms >= 1000 ? 1 : 0,
  }).format(ms / size)
}
