/**
 * Mails that a machine answered: out of office, list traffic, "we got your message".
 * They are no replies. A vacation notice often says when its writer is back.
 */
import type { Email } from 'postal-mime'

const MAX_AWAY_DAYS = 30
const DAY = 86_400_000 // ms

const AUTO_SUBJECT =
  /out of (?:the )?office|auto(?:matic|mated)?[ -]?(?:reply|response|respond)|away from (?:the |my )?(?:office|desk|mail)|on (?:vacation|holiday|annual leave)|vacation (?:reply|notice|response)|abwesen|automatische antwort|absence|absent du bureau|r[ée]ponse automatique|fuera de (?:la )?oficina|respuesta autom[áa]tica|fuori (?:sede|ufficio)|risposta automatica|ausente|resposta autom[áa]tica|afwezig|automatisch antwoord|autosvar|תשובה אוטומטית|מענה אוטומטי|מחוץ למשרד|הודעת היעדרות|בחופשה/i
const REPLY_SUBJECT = /^\s*(?:re|aw|sv|antw|tr|rv|vs|השב|תגובה)(?:\[\d{1,3}\])?\s*:/i
const PRECEDENCE = /^\s*(?:bulk|junk|auto[_-]reply|list)\b/i

/** RFC 3834 §5 first; the rest are the habits of servers older or more stubborn than it. */
export function isAutoReply(mail: Pick<Email, 'headers' | 'subject'>): boolean {
  const header = (name: string) => mail.headers.find(({ key }) => key === name)?.value.trim()
  const submitted = header('auto-submitted')
  if (submitted !== undefined && !/^no\b/i.test(submitted)) return true
  if (header('x-autoreply') !== undefined || header('x-autorespond') !== undefined) return true
  if (PRECEDENCE.test(header('precedence') ?? '')) return true
  if (header('return-path') === '<>') return true
  // X-Auto-Response-Suppress stands on human mail too (Exchange), so it adds nothing to these.
  const subject = mail.subject?.slice(0, 500) ?? ''
  // "Re: Out of office" is a person's answer to a mail that has those words in its subject.
  return AUTO_SUBJECT.test(subject) && !REPLY_SUBJECT.test(subject)
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')
const MONTH_NAMES: Readonly<Record<string, number>> = {
  mär: 3,
  mai: 5,
  okt: 10,
  dez: 12,
  janv: 1,
  fév: 2,
  mars: 3,
  avr: 4,
  juin: 6,
  juil: 7,
  août: 8,
  déc: 12,
  ene: 1,
  abr: 4,
  ago: 8,
  dic: 12,
  ינו: 1,
  פבר: 2,
  מרץ: 3,
  אפר: 4,
  מאי: 5,
  יונ: 6,
  יול: 7,
  אוג: 8,
  ספט: 9,
  אוק: 10,
  נוב: 11,
  דצמ: 12,
}
const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
const RETURN =
  /\b(?:until|till|back|return(?:ing)?|through|bis|zurück|wieder|hasta|vuelvo|regreso|jusqu'?au|retour|fino al)\b|עד|אחזור|חוזר|אשוב|שובי/i

/**
 * When the writer is back: a date near a word such as "until" or "back on", else the last
 * date in the text; at most 30 days ahead. Null when none is named.
 */
export function returnDate(text: string, from: Date): Date | null {
  const lines = text
    .slice(0, 4000)
    .split(/\r?\n|(?<=\D[.!?])\s+(?=\p{Lu})/u)
    .slice(0, 60)
  const marked = lines
    .filter((line) => RETURN.test(line))
    .flatMap((line) => datesIn(afterMark(line), from))
  const found = marked.length > 0 ? marked : lines.flatMap((line) => datesIn(line, from))
  const ahead = found.filter((date) => date > +from)
  if (ahead.length === 0) return null
  return new Date(Math.min(Math.max(...ahead), +from + MAX_AWAY_DAYS * DAY))
}

function afterMark(line: string): string {
  return line.slice(RETURN.exec(line)?.index ?? 0)
}

function datesIn(line: string, from: Date): number[] {
  const text = line.slice(0, 500).toLowerCase()
  const dates = [
    ...isoDates(text),
    ...dottedDates(text),
    ...namedDates(text, from),
    ...weekdays(text, from),
  ]
  return dates.filter((date) => Number.isFinite(date) && date < +from + 366 * DAY)
}

function isoDates(text: string): number[] {
  return [...text.matchAll(/\b(20\d\d)-(\d\d)-(\d\d)\b/g)].map(([, y, m, d]) =>
    dateOf(+y!, +m!, +d!),
  )
}

/** 31.8.2026, 31/8/26; the day first unless only the month can be. */
function dottedDates(text: string): number[] {
  const found = text.matchAll(/(?<!\d)(\d{1,2})([./-])(\d{1,2})\2(20\d\d|\d\d)(?!\d)/g)
  return [...found].map(([, a, , b, y]) => {
    const year = +y! < 100 ? 2000 + +y! : +y!
    return +b! > 12 ? dateOf(year, +a!, +b!) : dateOf(year, +b!, +a!)
  })
}

/** 31 August, August 31st 2026, 31. August, 31 באוגוסט. */
function namedDates(text: string, from: Date): number[] {
  const dayFirst = text.matchAll(
    /(?<!\d)(\d{1,2})(?:st|nd|rd|th|\.|er)?\s+(?:of\s+|de\s+|ב-?)?(\p{L}{3,12})\.?(?:,?\s+(?:de\s+)?(20\d\d))?/gu,
  )
  const monthFirst = text.matchAll(
    /(\p{L}{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(20\d\d))?(?!\d)/gu,
  )
  const dates = [
    ...[...dayFirst].map(([, d, m, y]) => ({ d, m, y })),
    ...[...monthFirst].map(([, m, d, y]) => ({ d, m, y })),
  ]
  return dates.flatMap(({ d, m, y }) => {
    const month = monthOf(m!)
    if (month === null) return []
    if (y !== undefined) return [dateOf(+y, month, +d!)]
    const thisYear = dateOf(from.getUTCFullYear(), month, +d!)
    return [thisYear < +from - DAY ? dateOf(from.getUTCFullYear() + 1, month, +d!) : thisYear]
  })
}

function weekdays(text: string, from: Date): number[] {
  return WEEKDAYS.flatMap((name, day) => {
    if (
      !new RegExp(
        `\\b(?:on|next|until|till|this)\\s+${name}\\b(?!\\s*,?\\s*(?:\\d|the|[a-z]{3,9}\\s+\\d))`,
      ).test(text)
    )
      return []
    const ahead = (day - from.getUTCDay() + 7) % 7 || 7
    return [dateOf(from.getUTCFullYear(), from.getUTCMonth() + 1, from.getUTCDate()) + ahead * DAY]
  })
}

function monthOf(name: string): number | null {
  const english = MONTHS.indexOf(name.slice(0, 3)) + 1
  if (english > 0) return english
  const known = Object.keys(MONTH_NAMES).find((month) => name.startsWith(month))
  return known ? MONTH_NAMES[known]! : null
}

/** Midnight UTC; NaN for a date that the calendar does not have. */
function dateOf(year: number, month: number, day: number): number {
  const date = new Date(Date.UTC(year, month - 1, day))
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? +date : Number.NaN
}
