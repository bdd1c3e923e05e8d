/**
 * Standard Webhooks 1.0: signatures of our HTTP calls that say "something happened".
 * Symmetric scheme (`v1`, HMAC-SHA256) only.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import { LRUCache } from 'lru-cache'
import { createMac, type KeyedMac } from './hmac.ts'

const PREFIX = 'whsec_'
const CACHED_KEYS = 1_000 // secrets whose pads are kept; about 0.6 KB each

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
