/**
 * SMTP replies: reading them off the wire, and what a refusal means to us.
 *
 * Replies are found in the bytes as they arrive; text is decoded only when someone
 * reads it, which for three of a delivery's four replies is never.
 */
import { Buffer } from 'node:buffer'
import { Misconfigured, Rejected, Retryable } from '../../errors.ts'

const LONGEST_REPLY = 16 * 1024 // bytes; far above RFC 5321 4.5.3.1.5, all lines together
const LONGEST_TEXT = 1024 // characters kept of a reply
const LF = 0x0a
const DASH = 0x2d

export class Reply {
  readonly code: number
  readonly #bytes: Buffer
  readonly #start: number
  readonly #end: number

  constructor(code: number, bytes: Buffer, start: number, end: number) {
    this.code = code
    this.#bytes = bytes
    this.#start = start
    this.#end = end
  }

  get ok(): boolean {
    return this.code >= 200 && this.code < 300
  }

  get refused(): boolean {
    return this.code >= 400
  }

  /** As the server wrote it, codes included, on one line and without control characters. */
  get text(): string {
    const end = Math.min(this.#end, this.#start + LONGEST_TEXT)
    const text = this.#bytes.toString('utf8', this.#start, end).trimEnd()
    return /[\x00-\x1f\x7f]/.test(text) ? text.replace(/[\x00-\x1f\x7f]+/g, ' ') : text
  }

  /** Each line behind its code: what EHLO lists. */
  get lines(): string[] {
    return this.#bytes
      .toString('utf8', this.#start, this.#end)
      .split('\n')
      .map((line) => line.slice(4).trim())
  }

  /** RFC 3463, such as `5.1.1`; empty when the server gives none. */
  get enhanced(): string {
    return /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})(?!\S)/.exec(this.text)?.[1] ?? ''
  }
}

/** Cuts the stream into replies, however it was cut into packets. */
export class ReplyReader {
  #rest: Buffer | undefined

  /** Bytes of a reply that has not ended yet. */
  get partial(): boolean {
    return this.#rest !== undefined
  }

  /** Calls back for each whole reply; false when these bytes are not SMTP. */
  feed(chunk: Buffer, onReply: (reply: Reply) => void): boolean {
    const bytes = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk
    this.#rest = undefined
    let start = 0
    let line = 0
    for (let end = bytes.indexOf(LF); end !== -1; end = bytes.indexOf(LF, line)) {
      const code = codeAt(bytes, line, end)
      if (code === 0 || (line > start && code !== codeAt(bytes, start, end))) return false
      const more = bytes[line + 3] === DASH
      line = end + 1
      if (more) continue
      onReply(new Reply(code, bytes, start, end))
      start = line
    }
    if (start < bytes.length) this.#rest = bytes.subarray(start)
    return bytes.length - start <= LONGEST_REPLY
  }
}

/** The three digits (RFC 5321 4.2), or 0 where there are none. */
function codeAt(bytes: Buffer, line: number, end: number): number {
  if (end - line < 3) return 0
  const first = bytes[line]! - 48
  const second = bytes[line + 1]! - 48
  const third = bytes[line + 2]! - 48
  if (first < 2 || first > 5 || second < 0 || second > 9 || third < 0 || third > 9) return 0
  const next = bytes[line + 3]
  if (next !== 0x20 && next !== DASH && next !== 0x0d && next !== LF) return 0
  return first * 100 + second * 10 + third
}

export type Step = 'mail' | 'rcpt' | 'data' | 'dot'

/** What a 4xx or 5xx to one step of a delivery means. */
export function refusal(step: Step, reply: Reply): Error {
  const { code, text } = reply
  if (code < 500) return new Retryable(text, { code: String(code) })
  if (code === 530 || code === 534 || code === 535) return new Misconfigured(text)
  return new Rejected(reasonOf(step, code, reply.enhanced), text, reply.enhanced || String(code))
}

/** The mailbox or its domain does not exist, or is closed for good (RFC 3463 3.2, 3.3). */
const deadMailbox = new Set(['5.1.1', '5.1.2', '5.1.3', '5.1.10', '5.2.1'])

function reasonOf(step: Step, code: number, enhanced: string) {
  if (enhanced.startsWith('5.7.')) return 'blocked'
  if (enhanced === '5.2.2') return 'blocked' // a full mailbox is a live one
  if (code === 552 || enhanced === '5.3.4') return 'content'
  // MAIL is about the sender: its refusal must not suppress the recipient.
  if (step === 'mail') return 'blocked'
  if (deadMailbox.has(enhanced)) return 'invalid_address'
  if (step === 'rcpt' && (code === 550 || code === 551 || code === 553)) {
    return enhanced.startsWith('5.3.') ? 'blocked' : 'invalid_address'
  }
  return step === 'dot' ? 'content' : 'blocked'
}
