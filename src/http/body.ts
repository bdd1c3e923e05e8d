/**
 * Reads JSON bodies more strictly than JSON.parse: valid UTF-8, bounded nesting, each name
 * once, no NUL, no lone surrogates, no `__proto__`, and no number that JavaScript would
 * quietly change. Each fault names its place (RFC 6901).
 *
 * One scan over the bytes runs before parsing, so that 10 MB of brackets costs milliseconds.
 * The careful walk through the values runs only when the text holds something that could
 * need it.
 */
import { isUtf8 } from 'node:buffer'
import { AppError } from '../errors.ts'
import { findDuplicate } from './duplicates.ts'
import { append } from './pointer.ts'

const MAX_DEPTH = 64
const MAX_MEMBERS = 100_000 // in one body; a batch of 1,000 messages has some 20,000
const SHORT = 128 // bytes of a string that are looked at one by one

/** Escapes that can hide what checkText refuses, or `__proto__`. */
const oddEscape = /\\u(?:0000|[dD][89a-fA-F]|005[fF])/

export function parseJson(raw: Buffer): unknown {
  if (raw.length === 0) return undefined
  if (!isUtf8(raw)) throw new AppError('malformed', 'The body is not valid UTF-8.')
  const text = raw.toString('utf8')
  if (text.charCodeAt(0) === 0xfeff)
    throw new AppError('malformed', 'The body begins with a byte order mark. Send plain UTF-8.')
  const { members, escapes, isOdd } = scan(raw)
  const value = parse(text)
  // RFC 8259 §4: what a name that comes twice means differs between programs.
  if (countMembers(value) < members) {
    const place = findDuplicate(text)
    throw malformed(place, 'This name comes twice in its object. Give it once.')
  }
  if (isOdd || (escapes && oddEscape.test(text))) checkValues(text)
  return value
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new AppError(
      'malformed',
      `The body is not valid JSON: ${cause instanceof Error ? cause.message : ''}`,
      { cause },
    )
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a
const UNDERSCORE = 0x5f
const DOT = 0x2e
const SMALL_U = 0x75
const SMALL_E = 0x65
const LONG = 16 // digits that a double may not hold

interface Seen {
  /** How many names the objects of the text hold. */
  members: number
  /** Whether characters are written by their number. */
  escapes: boolean
  /** Whether something may be `__proto__`, or a number that does not fit a double: worth a second look. */
  isOdd: boolean
}

/** Throws when it is nested too deep, or holds too many names. */
function scan(raw: Buffer): Seen {
  const seen: Seen = { members: 0, escapes: false, isOdd: false }
  let depth = 0
  let members = 0
  for (let at = 0; at < raw.length; at++) {
    const byte = raw[at]!
    if (byte === QUOTE) at = endOfString(raw, at + 1, seen)
    else if (byte === COLON) members++
    else if (isDigit(byte)) at = endOfNumber(raw, at, seen) - 1
    else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > MAX_DEPTH)
        throw new AppError('malformed', `The body is nested deeper than ${MAX_DEPTH} levels.`)
    } else if (byte === 0x5d || byte === 0x7d) depth--
  }
  if (members > MAX_MEMBERS)
    throw new AppError('malformed', `The body has more than ${MAX_MEMBERS} names of fields.`)
  seen.members = members
  return seen
}

const isDigit = (byte: number | undefined) => byte !== undefined && byte >= 0x30 && byte <= 0x39

/** Behind its digits; its exponent tells of itself, wherever it stands. */
function endOfNumber(raw: Buffer, start: number, seen: Seen): number {
  let at = start
  while (isDigit(raw[at])) at++
  if (at - start >= LONG) seen.isOdd = true
  if (raw[at] === DOT) while (isDigit(raw[++at]));
  if (((raw[at] ?? 0) | 0x20) === SMALL_E) seen.isOdd = true
  return at
}

/** Where the quote is that ends the string; behind the text when there is none. */
function endOfString(raw: Buffer, start: number, seen: Seen): number {
  let at = start
  if (raw[at] === UNDERSCORE && raw[at + 1] === UNDERSCORE) seen.isOdd = true
  for (const near = start + SHORT; at < near; at++) {
    const byte = raw[at]
    if (byte === QUOTE || byte === undefined) return at
    if (byte === BACKSLASH && raw[++at] === SMALL_U) seen.escapes = true
  }
  const far = at
  // A file in base64 is found through by indexOf six times faster, which costs too much for words.
  for (;;) {
    const quote = raw.indexOf(QUOTE, at)
    if (quote === -1) return raw.length
    let before = quote
    while (before > at && raw[before - 1] === BACKSLASH) before--
    if ((quote - before) % 2 === 0) {
      if (raw.subarray(far, quote).includes('\\u')) seen.escapes = true
      return quote
    }
    at = quote + 1
  }
}

function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  let count = 0
  if (Array.isArray(value)) for (const each of value) count += countMembers(each)
  else {
    const inner: readonly unknown[] = Object.values(value)
    count = inner.length
    for (const each of inner) count += countMembers(each)
  }
  return count
}

/** As ES2026 has it and Node runs it; TypeScript does not know the fourth parameter yet. */
const parseWithSource = JSON.parse as (
  text: string,
  reviver: (this: object, key: string, value: unknown, context: { source?: string }) => unknown,
) => unknown

/** Parses once more, because only the parser's reviver sees how a number was written. */
function checkValues(text: string): void {
  const numbers = new Map<object, Map<string, string>>()
  const value = parseWithSource(text, function note(key, inner, { source }) {
    if (typeof inner === 'number' && source !== undefined && !isKept(inner, source)) {
      if (!numbers.has(this)) numbers.set(this, new Map())
      numbers.get(this)?.set(key, source)
    }
    return inner
  })
  checkValue(value, '', numbers)
}

type Numbers = ReadonlyMap<object, ReadonlyMap<string, string>>

function checkValue(value: unknown, pointer: string, numbers: Numbers): void {
  if (typeof value === 'string') checkText(value, pointer)
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    const place = append(pointer, key)
    if (key === '__proto__') throw malformed(place, 'The name __proto__ is not allowed.')
    checkText(key, place)
    const changed = numbers.get(value)?.get(key)
    if (changed !== undefined)
      throw malformed(place, `${changed.slice(0, 40)} cannot be kept exactly. Send it as a string.`)
    checkValue(inner, place, numbers)
  }
}

function checkText(text: string, pointer: string): void {
  if (text.includes('\0'))
    throw malformed(pointer, 'Contains a NUL character, which cannot be stored. Remove it.')
  if (!text.isWellFormed())
    throw malformed(pointer, 'Contains half of a surrogate pair. Send valid Unicode.')
}

/** Whether a number is finite, and a whole one still has the digits that were sent. */
function isKept(value: number, source: string): boolean {
  if (!Number.isFinite(value)) return false
  return !/^-?\d+$/.test(source) || String(value) === source || source === '-0'
}

function malformed(pointer: string, detail: string): AppError {
  return new AppError('malformed', detail, { errors: [{ pointer, detail }] })
}
