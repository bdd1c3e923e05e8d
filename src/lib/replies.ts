/**
 * How a reply finds the message that it answers, without a look-up: our Message-ID says
 * which message it is and proves that we made it.
 *
 *   <uuid.tag@domain>   tag = base32 of the first 10 bytes of the mac over the uuid's bytes
 *
 * The domain is not signed: it is the mailbox's and changes with it. Mail programs copy
 * the id into In-Reply-To and References (RFC 5322 §3.6.4); some change its case.
 */
import { timingSafeEqual } from 'node:crypto'
import type { Mac } from './hmac.ts'
import { uuidBytes } from './uuid7.ts'

const TAG_BYTES = 10 // 80 bits, 16 characters of base32
const MAX_HEADER = 16 * 1024 // characters; longer ones are read from their end, where the newest ids are
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567' // RFC 4648 §6
const OURS = /\b([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([a-z2-7]{16})@/gi

/** The Message-ID of a message, with its angle brackets. The same for every attempt. */
export function messageId(id: string, domain: string, mac: Mac): string {
  return `<${id}.${tagOf(id, mac)}@${domain}>`
}

/**
 * The message named in a Message-ID, In-Reply-To or References header, or null. Of several,
 * the last: References go from the first of a thread to the newest.
 */
export function readMessageId(header: string, mac: Mac): string | null {
  const found = [...header.slice(-MAX_HEADER).matchAll(OURS)].reverse()
  for (const [, id, tag] of found) {
    const uuid = id!.toLowerCase()
    const expected = tagOf(uuid, mac)
    if (timingSafeEqual(Buffer.from(expected), Buffer.from(tag!.toLowerCase()))) return uuid
  }
  return null
}

/** The message that an incoming mail answers: In-Reply-To decides, then References from its end. */
export function findAnswered(
  mail: { inReplyTo: readonly string[]; references: readonly string[] },
  mac: Mac,
): string | null {
  return (
    readMessageId(mail.inReplyTo.join(' '), mac) ?? readMessageId(mail.references.join(' '), mac)
  )
}

function tagOf(id: string, mac: Mac): string {
  const bytes = mac(uuidBytes(id)).subarray(0, TAG_BYTES)
  let tag = ''
  let held = 0
  let bits = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      tag += BASE32[(held >>> bits) & 31]!
    }
    held &= (1 << bits) - 1
  }
  return tag
}
