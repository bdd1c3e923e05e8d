/**
 * Secrets at rest: AES-256-GCM, with the place where a value belongs as associated
 * data, so that a sealed value copied to another row or column does not open there.
 *
 * A sealed text is `v1.<key id>.<nonce>.<ciphertext and tag>`, base64url. The key id
 * tells a changed key from a damaged value.
 */
import { createCipheriv, createDecipheriv, hash, randomBytes, scryptSync } from 'node:crypto'

const VERSION = 'v1'
const KEY_BYTES = 32
const NONCE_BYTES = 12 // 96 bits, NIST SP 800-38D §8.2.2: random, below 2^32 values per key
const TAG_BYTES = 16
const KEY_ID_CHARS = 8
const SCRYPT = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 }

/**
 * A key from what the operator wrote: 64 hex digits are the key itself, all other text goes
 * through scrypt. The salt is fixed, because the same text must give the same key on every
 * machine; `purpose` keeps keys made of the same text apart. Takes some 50 ms.
 */
export function keyFromText(text: string, purpose: string): Buffer {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex')
  return scryptSync(text, `beckon.${purpose}.v1`, KEY_BYTES, SCRYPT)
}

/** `aad` says where the value belongs: `workspace|table|column|row`. The same is needed to open it. */
export function seal(key: Buffer, plaintext: string, aad: string): string {
  const nonce = randomBytes(NONCE_BYTES)
  const header = `${VERSION}.${keyId(key)}`
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(Buffer.from(`${header}|${aad}`))
  const sealed = Buffer.concat([
    cipher.update(plaintext, 'utf8'),
    cipher.final(),
    cipher.getAuthTag(),
  ])
  return `${header}.${nonce.toString('base64url')}.${sealed.toString('base64url')}`
}

/** Throws an Error that says what is wrong, never a part of the value. */
export function open(key: Buffer, sealed: string, aad: string): string {
  const [version, id, nonceText = '', bodyText = '', ...rest] = sealed.split('.')
  const nonce = Buffer.from(nonceText, 'base64url')
  const body = Buffer.from(bodyText, 'base64url')
  if (
    version !== VERSION ||
    rest.length > 0 ||
    nonce.length !== NONCE_BYTES ||
    body.length < TAG_BYTES
  ) {
    throw new Error('This is not a sealed value.')
  }
  if (id !== keyId(key)) {
    throw new Error('This was sealed with another key. Set ENCRYPTION_KEY to what it was.')
  }
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
  decipher.setAAD(Buffer.from(`${version}.${id}|${aad}`))
  decipher.setAuthTag(body.subarray(-TAG_BYTES))
  try {
    return decipher.update(body.subarray(0, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
  } catch (cause) {
    throw new Error('The sealed value was changed, or belongs to another place.', { cause })
  }
}

const keyIds = new WeakMap<Buffer, string>()

/** The first characters of the key's hash: names a key and gives nothing of it away. */
export function keyId(key: Buffer): string {
  const known = keyIds.get(key)
  if (known) return known
  const id = hash('sha256', key, 'base64url').slice(0, KEY_ID_CHARS)
  keyIds.set(key, id)
  return id
}
