/**
 * The signed tokens in tracked emails: pixel, links, unsubscribe, preferences.
 *
 *   base64url( version 1 | key id 1 | workspace number 4 | message id 16 | link index 2 | mac 16 )
 *
 * 40 bytes, 54 characters. The workspace travels along so that an event can be stored, and
 * even spooled while the database is down, without a look-up. No address and no destination
 * is in it. The mac covers the kind first, so a pixel's token is no unsubscribe token, and
 * its key belongs to one workspace, so none can be turned into another's.
 *
 * A token has exactly one spelling: base64url has four ways to write the last two bits and
 * Node's decoder skips characters that it does not know, so the text is compared with its
 * own re-encoding.
 */
import { timingSafeEqual } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { createMac, deriveKey, type Mac } from './hmac.ts'
import { uuidFromBytes, writeUuid } from './uuid7.ts'

export const tokenKinds = ['open', 'click', 'unsubscribe', 'preferences'] as const
export type TokenKind = (typeof tokenKinds)[number]

export interface TokenContent {
  /** The workspace's public number, a uint32. */
  readonly workspaceNumber: number
  /** A uuid. */
  readonly messageId: string
  /** Which link of the template version; 0 where the kind has no links. A uint16. */
  readonly linkIndex: number
}

export interface Tokens {
  sign(kind: TokenKind, content: TokenContent): string
  /** Null for whatever we did not sign for this kind. Takes any string and never throws. */
  verify(kind: TokenKind, token: string): TokenContent | null
}

export const TOKEN_CHARS = 54

/** The index of the link that no reader sees (tracking/classify.ts, rule 3): the last one, and no other link's. */
export const HONEYPOT_LINK = 0xffff

const VERSION = 1
const BODY = 24 // bytes before the mac
const MAC = 16 // bytes; 128 bits of the 256 are kept, RFC 2104 §5
const CACHED_KEYS = 10_000 // workspaces; about 0.6 KB each

/** `keys` are root keys by key id (0-255); `current` signs, all of them verify. */
export function createTokens(options: { keys: Map<number, Buffer>; current: number }): Tokens {
  const { keys, current } = options
  if (!keys.has(current)) throw new RangeError(`no tracking key with id ${current}`)
  const macs = new LRUCache<number, Mac>({ max: CACHED_KEYS })
  const token = Buffer.alloc(BODY + MAC)
  const signed = buffersByKind()

  function deriveMac(keyId: number, workspaceNumber: number): Mac | null {
    const root = keys.get(keyId)
    return root ? createMac(deriveKey(root, `tracking/${workspaceNumber}`)) : null
  }

  function sign(kind: TokenKind, content: TokenContent): string {
    const { workspaceNumber, messageId, linkIndex } = content
    const slot = current * 0x1_0000_0000 + workspaceNumber
    token[0] = VERSION
    token[1] = current
    token.writeUInt32BE(workspaceNumber, 2)
    if (!writeUuid(messageId, token, 6)) throw new TypeError('a message id is a uuid')
    token.writeUInt16BE(linkIndex, 22)
    let mac = macs.get(slot)
    if (!mac) {
      mac = deriveMac(current, workspaceNumber)!
      macs.set(slot, mac)
    }
    mac(withKind(signed[kind], token)).copy(token, BODY, 0, MAC)
    return token.toString('base64url')
  }

  function verify(kind: TokenKind, text: string): TokenContent | null {
    if (text.length !== TOKEN_CHARS) return null
    if (token.write(text, 'base64url') !== token.length) return null
    if (token.toString('base64url') !== text || token[0] !== VERSION) return null
    const workspaceNumber = token.readUInt32BE(2)
    const slot = token[1]! * 0x1_0000_0000 + workspaceNumber
    const cached = macs.get(slot)
    const mac = cached ?? deriveMac(token[1]!, workspaceNumber)
    if (!mac) return null
    const expected = mac(withKind(signed[kind], token)).subarray(0, MAC)
    if (!timingSafeEqual(expected, token.subarray(BODY))) return null
    // Only proven numbers are kept, so that guesses cannot empty the cache.
    if (!cached) macs.set(slot, mac)
    return {
      workspaceNumber,
      messageId: uuidFromBytes(token, 6),
      linkIndex: token.readUInt16BE(22),
    }
  }

  return { sign, verify }
}

/** For each kind, a buffer that starts with its name and a zero byte and has room for the body. */
function buffersByKind(): Record<TokenKind, Buffer> {
  const room = '\0'.repeat(1 + BODY)
  return {
    open: Buffer.from(`open${room}`),
    click: Buffer.from(`click${room}`),
    unsubscribe: Buffer.from(`unsubscribe${room}`),
    preferences: Buffer.from(`preferences${room}`),
  }
}

function withKind(buffer: Buffer, token: Buffer): Buffer {
  token.copy(buffer, buffer.length - BODY, 0, BODY)
  return buffer
}
