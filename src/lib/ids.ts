/**
 * Secrets that we hand out once and keep only as a hash: API keys, session tokens,
 * one-time links.
 *
 * An API key is `bk_live_<id>_<secret><crc>`. The id finds its row, the prefix lets
 * secret scanners recognise a leaked key, and the checksum tells a typing error from a
 * revoked key without asking the database. The secret has 256 bits, so a plain SHA-256
 * is enough to store (ASVS 6.5.2 asks for slow hashes of passwords only).
 */
import { randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { sha256 } from './sha256.ts'

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const SECRET_CHARS = 43 // 62^43 > 2^256
const CRC_CHARS = 6 // 62^6 > 2^32
const ID_CHARS = 10

const KEY = /^bk_live_([0-9A-Za-z]{10})_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/
const TOKEN = /^[A-Za-z0-9_-]{43}$/

export interface NewApiKey {
  readonly id: string
  /** Shown once, never stored. */
  readonly key: string
  readonly hash: Buffer
}

export function newApiKey(): NewApiKey {
  const id = base62(BigInt(`0x${randomBytes(16).toString('hex')}`), ID_CHARS)
  const secret = base62(BigInt(`0x${randomBytes(32).toString('hex')}`), SECRET_CHARS)
  const body = `bk_live_${id}_${secret}`
  return { id, key: body + checksum(body), hash: sha256(secret) }
}

/** The id to look up and the hash to compare (in constant time), or null when it cannot be a key of ours. */
export function parseApiKey(key: string): { id: string; hash: Buffer } | null {
  if (key.length > 100) return null
  const match = KEY.exec(key)
  if (!match) return null
  if (checksum(key.slice(0, -CRC_CHARS)) !== match[3]) return null
  return { id: match[1]!, hash: sha256(match[2]!) }
}

/** 256 random bits for a session or a one-time link, and the hash to store. */
export function newToken(): { token: string; hash: Buffer } {
  const token = randomBytes(32).toString('base64url')
  return { token, hash: sha256(token) }
}

/** The hash under which a token was stored, or null when it does not have a token's form. */
export function hashToken(token: string): Buffer | null {
  return TOKEN.test(token) ? sha256(token) : null
}

function checksum(text: string): string {
  let digits = ''
  for (let rest = crc32(text), i = 0; i < CRC_CHARS; i++, rest = Math.floor(rest / 62))
    digits = BASE62[rest % 62]! + digits
  return digits
}

/** The last `length` digits of `value` in base 62. */
function base62(value: bigint, length: number): string {
  let text = ''
  let rest = value
  for (let i = 0; i < length; i++) {
    text = BASE62[Number(rest % 62n)]! + text
    rest /= 62n
  }
  return text
}
