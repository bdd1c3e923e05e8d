/** A message as SMTP needs it: whether this server takes it, MAIL's parameters, dot-stuffing. */
import { Buffer, isAscii } from 'node:buffer'
import { Rejected } from '../../errors.ts'
import type { Features } from './smtpServer.ts'

const DOT = 0x2e

export interface Mail {
  readonly from: string
  readonly to: string
  /** Whole and in its final form; lines end in CRLF. */
  readonly mime: Buffer
}

/**
 * What follows `MAIL FROM:<…>` for this message (RFC 1870, RFC 6152, RFC 6531 3.4), or why this
 * server cannot take it, known before a byte of it is sent.
 */
export function mailParameters({ from, to, mime }: Mail, features: Features): string | Rejected {
  if (mime.length > features.maxSize) {
    const message = `The message has ${mime.length} bytes; the server takes ${features.maxSize}.`
    return new Rejected('content', message, '552')
  }
  const size = features.size ? ` SIZE=${mime.length}` : ''
  const mimeIsAscii = isAscii(mime)
  const addressesAreAscii = !/[^\x00-\x7f]/.test(from + to)
  if (mimeIsAscii && addressesAreAscii) return size
  if (!mimeIsAscii && !features.eightBit) {
    return new Rejected('content', 'The server takes no 8-bit content (8BITMIME).')
  }
  const body = mimeIsAscii ? '' : ' BODY=8BITMIME'
  if (addressesAreAscii && headerIsAscii(mime)) return size + body
  if (features.utf8) return `${size}${body} SMTPUTF8`
  const reason = /[^\x00-\x7f]/.test(to) ? 'invalid_address' : 'content'
  return new Rejected(reason, 'The server takes no addresses beyond ASCII (SMTPUTF8).')
}

function headerIsAscii(mime: Buffer): boolean {
  const end = mime.indexOf('\r\n\r\n')
  return isAscii(end === -1 ? mime : mime.subarray(0, end))
}

/**
 * Doubles dots that begin a line (RFC 5321 4.5.2), after a bare CR or LF too: some servers
 * end lines there, and a lone dot would let content carry a second message (smuggling).
 */
export function dotStuffed(mime: Buffer): Buffer {
  if (mime[0] !== DOT && mime.indexOf('\n.') === -1 && mime.indexOf('\r.') === -1) return mime
  const stuffed = mime.toString('latin1').replace(/(^|[\r\n])\./g, '$1..')
  return Buffer.from(stuffed, 'latin1')
}

/** What ends a body: its dot, on a line of its own. */
export function finalDot(body: Buffer): string {
  const endsLine = body.length === 0 || (body.at(-1) === 0x0a && body.at(-2) === 0x0d)
  return endsLine ? '.\r\n' : '\r\n.\r\n'
}
