/**
 * Standard Webhooks 1.0: signatures of HTTP calls that say "something happened", ours
 * and other people's. Symmetric scheme (`v1`, HMAC-SHA256) only.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { createMac, type KeyedMac } from './hmac.ts'

export const TOLERANCE_SECONDS = 300 // a timestamp further away is a replay or a wrong clock
const SECRET_BYTES = 32 // the spec asks for 24 to 64
const PREFIX = 'whsec_'
const CACHED_KEYS = 1_000 // secrets whose pads are kept; about 0.6 KB each

export function newSigningSecret(): string {
  return PREFIX + randomBytes(SECRET_BYTES).toString('base64')
}

/** Whether this is a secret as the spec writes it: `whsec_` and 24 to 64 bytes in base64. */
export function isSigningSecret(secret: string): boolean {
  if (!/^whsec_[A-Za-z0-9+/]+={0,2}$/.test(secret)) return false
  const { length } = keyOf(secret)
  return length >= 24 && length <= 64
}

export interface Signable {
  /** Stays the same over attempts; the receiver's idempotency key. */
  readonly id: string
  /** Unix seconds of this attempt. */
  readonly timestamp: number
  /** Exactly what is sent. */
  readonly body: string
}

/** The three headers. While a secret is being rotated, give the new and the old one. */
export function signedHeaders(
  message: Signable,
  secrets: readonly string[],
): Record<string, string> {
  return {
    'webhook-id': message.id,
    'webhook-timestamp': String(message.timestamp),
    'webhook-signature': secrets.map((secret) => signature(message, secret)).join(' '),
  }
}

/** True only if one of the secrets signed exactly this body, within five minutes of `now`. */
export function verifySigned(
  request: { readonly headers: Readonly<Record<string, string>>; readonly rawBody: string },
  secrets: readonly string[],
  now = new Date(),
): boolean {
  const id = request.headers['webhook-id']
  const given = request.headers['webhook-signature']
  const stamp = request.headers['webhook-timestamp'] ?? ''
  if (!id || !given || !/^\d{1,11}$/.test(stamp)) return false
  const timestamp = Number(stamp)
  if (Math.abs(now.getTime() / 1_000 - timestamp) > TOLERANCE_SECONDS) return false
  const expected = secrets.map((key) => signature({ id, timestamp, body: request.rawBody }, key))
  return given.split(' ').some((one) => expected.some((other) => equal(one, other)))
}

function signature({ id, timestamp, body }: Signable, secret: string) {
  return `v1,${macOf(secret)(`${id}.${timestamp}.${body}`, 'base64')}`
}

const macs = new LRUCache<string, KeyedMac>({ max: CACHED_KEYS })

function macOf(secret: string): KeyedMac {
  const known = macs.get(secret)
  if (known) return known
  const mac = createMac(keyOf(secret))
  macs.set(secret, mac)
  return mac
}

function keyOf(secret: string) {
  return Buffer.from(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret, 'base64')
}

function equal(one: string, other: string) {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
