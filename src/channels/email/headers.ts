/**
 * Header fields: folding, encoded words, mailboxes, parameters (RFC 5322, 2047, 2231).
 *
 * Whatever cannot be written as it is becomes encoded words as a whole, which every
 * reader decodes alike, spaces included. What would end a field early (CR, LF, NUL)
 * is refused rather than cleaned: whoever put it there meant harm or made a mistake.
 */
import { Buffer } from 'node:buffer'
import { Rejected, type RejectReason } from '../../errors.ts'
import { emailSyntax, normaliseEmail } from '../../lib/email.ts'
import type { Mailbox } from '../channel.ts'

const LINE = 78 // characters wished for; RFC 5322 2.1.1
export const LONGEST_LINE = 998 // characters allowed; RFC 5322 2.1.1
const ENCODED_LINE = 76 // characters of a line with an encoded word; RFC 2047 2
const ENCODED_WORD_FRAME = '=?utf-8?B??='.length
const LONGEST_QUOTED = 60 // characters; a longer name is encoded, which folds anywhere

/** Refuses what would break out of a field, and text that is no Unicode. */
export function checked(field: string, value: string): string {
  if (/[\r\n\0]/.test(value)) {
    throw new Rejected('content', `${field} holds a line break or NUL, which no header field may.`)
  }
  if (!value.isWellFormed()) throw new Rejected('content', `${field} is not valid Unicode.`)
  return value
}

/** By field, the last address that was in order: a header and the envelope name the same, and senders seldom change. */
const lastGood = new Map<string, { address: string; normal: string }>()

/** The address as it is written in headers and envelopes, its domain in ASCII. */
export function checkedAddress(field: string, address: string, reason: RejectReason): string {
  const last = lastGood.get(field)
  if (last?.address === address) return last.normal
  const normal = normaliseEmail(checked(field, address))
  if (!emailSyntax(normal)) throw new Rejected(reason, `${field} is not an email address.`)
  lastGood.set(field, { address, normal })
  return normal
}

/** `Name: value` with its CRLF; for fields whose value is free text. */
export function textField(name: string, value: string): string {
  if (isPlain(value)) {
    const folded = fold(value, name.length + 2)
    if (folded !== undefined) return `${name}: ${folded}\r\n`
  }
  checked(name, value)
  return `${name}: ${encodedWords(value, name.length + 2)}\r\n`
}

/** As `textField`, for values with a grammar (`List-Unsubscribe`), where encoded words mean nothing. */
export function structuredField(name: string, value: string): string {
  const folded = isPlain(value) ? fold(value, name.length + 2) : undefined
  if (folded === undefined) {
    checked(name, value)
    throw new Rejected('content', `${name} must be printable ASCII in lines under 998 characters.`)
  }
  return `${name}: ${folded}\r\n`
}

export function mailboxField(
  name: string,
  mailbox: Mailbox,
  reason: RejectReason = 'content',
): string {
  const address = checkedAddress(name, mailbox.address, reason)
  if (!mailbox.name) return `${name}: ${address}\r\n`
  const phrase = displayName(name, mailbox.name)
  const column = phrase.length - phrase.lastIndexOf('\n') + name.length
  const space = column + address.length + 3 > ENCODED_LINE ? '\r\n ' : ' '
  return `${name}: ${phrase}${space}<${address}>\r\n`
}

function displayName(field: string, name: string): string {
  if (/^[A-Za-z\d]+(?: [A-Za-z\d]+)*$/.test(name) && name.length <= LONGEST_QUOTED) return name
  if (isPlain(name) && name.length <= LONGEST_QUOTED) {
    return `"${name.replace(/["\\]/g, '\\$&')}"`
  }
  return encodedWords(checked(field, name), field.length + 2)
}

/** Printable ASCII that no reader decodes or trims. */
function isPlain(value: string): boolean {
  return /^(?:[!-~](?:[ -~]*[!-~])?)?$/.test(value) && !value.includes('=?')
}

/** Breaks at single spaces only: readers make one space of a fold. Undefined where it cannot. */
function fold(value: string, column: number): string | undefined {
  if (column + value.length <= LINE) return value
  let folded = ''
  let start = 0
  let room = LINE - column
  while (value.length - start > room) {
    const space = breakBefore(value, start, room) ?? breakAfter(value, start + room)
    if (space === undefined) break
    if (space - start + column > LONGEST_LINE) return undefined
    folded += `${value.slice(start, space)}\r\n`
    start = space
    room = LINE
  }
  return value.length - start + column > LONGEST_LINE ? undefined : folded + value.slice(start)
}

function breakBefore(value: string, start: number, room: number): number | undefined {
  for (let at = start + room; at > start + 1; at--) {
    at = value.lastIndexOf(' ', at)
    if (at <= start) return undefined
    if (isSingleSpace(value, at)) return at
  }
  return undefined
}

function breakAfter(value: string, from: number): number | undefined {
  for (let at = value.indexOf(' ', from); at !== -1; at = value.indexOf(' ', at + 1)) {
    if (isSingleSpace(value, at)) return at
  }
  return undefined
}

function isSingleSpace(value: string, at: number): boolean {
  return value[at - 1] !== ' ' && value[at + 1] !== ' '
}

/** RFC 2047: words of at most 75 characters, one a line, none splitting a character. */
function encodedWords(value: string, column: number): string {
  const bytes = Buffer.from(value)
  const words: string[] = []
  let start = 0
  let room = ENCODED_LINE - column - ENCODED_WORD_FRAME
  if (room < 8) {
    words.push('')
    room = ENCODED_LINE - 1 - ENCODED_WORD_FRAME
  }
  while (start < bytes.length) {
    let end = Math.min(start + Math.floor(room / 4) * 3, bytes.length)
    while (end < bytes.length && (bytes[end]! & 0xc0) === 0x80) end--
    words.push(`=?utf-8?B?${bytes.toString('base64', start, end)}?=`)
    start = end
    room = ENCODED_LINE - 1 - ENCODED_WORD_FRAME
  }
  return words.join('\r\n ')
}

/** `; name=value`, on its own line, in RFC 2231's form where the value needs it. */
export function parameter(name: string, value: string): string {
  if (isPlain(value) && value.length <= LONGEST_QUOTED) {
    return `;\r\n ${name}="${value.replace(/["\\]/g, '\\$&')}"`
  }
  // RFC 5987's attr-char is what encodeURIComponent leaves alone, less four.
  const encoded = encodeURIComponent(value).replace(/['()*]/g, percent)
  const pieces = encoded.match(/(?:%[\dA-F]{2}|[^%]){1,16}/g) ?? []
  if (pieces.length <= 1) return `;\r\n ${name}*=utf-8''${encoded}`
  return pieces
    .map((piece, i) => `;\r\n ${name}*${i}*=${i === 0 ? "utf-8''" : ''}${piece}`)
    .join('')
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}
