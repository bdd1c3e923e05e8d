/**
 * Passwords as they are stored: argon2id for new ones. Hashes of the systems that Beckon
 * replaces (Django, Werkzeug) verify too, and are replaced at the next login.
 */
import { pbkdf2, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { hash, verify } from '@node-rs/argon2'
import { AppError } from '../../errors.ts'

const MEMORY_KIB = 46 * 1024
const PASSES = 1
const PARALLEL = 1
const CURRENT = `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${PARALLEL}$`
const MAX_AT_ONCE = 4 // bounds memory at 184 MiB, however many sign in
const MAX_WAITING = 200 // some 3 seconds of work; more are turned away

const pbkdf2Async = promisify(pbkdf2)
const scryptAsync = promisify<string, string, number, object, Buffer>(scrypt)

export function hashPassword(password: string): Promise<string> {
  return inTurn(() =>
    hash(password, { memoryCost: MEMORY_KIB, timeCost: PASSES, parallelism: PARALLEL }),
  )
}

/** `stored` may be null: the same time passes, and the answer is no. */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  if (stored === null) {
    await inTurn(async () => verify(await nobodysHash(), password))
    return false
  }
  return inTurn(() =>
    stored.startsWith('$argon2') ? verify(stored, password) : verifyForeign(password, stored),
  )
}

/** True when the next login should store the password anew. */
export function isOutdated(stored: string): boolean {
  return !stored.startsWith(CURRENT)
}

/** A hash of another system that `verifyPassword` understands. */
export const isForeignHash = (stored: string) => readForeign(stored) !== null

let nobody: Promise<string> | undefined
function nobodysHash(): Promise<string> {
  nobody ??= hash('nobody has this password', {
    memoryCost: MEMORY_KIB,
    timeCost: PASSES,
    parallelism: PARALLEL,
  })
  return nobody
}

interface Foreign {
  readonly salt: string
  readonly digest: Buffer
  derive(password: string): Promise<Buffer>
}

const MAX_ROUNDS = 5_000_000 // Django's default is below 2 million
const MAX_SCRYPT = 2 ** 19 // N times r: 64 MiB. Werkzeug's default is half of it
const DIGESTS = ['sha256', 'sha512', 'sha1']

async function verifyForeign(password: string, stored: string): Promise<boolean> {
  const foreign = readForeign(stored)
  if (!foreign) return false
  return timingSafeEqual(await foreign.derive(password), foreign.digest)
}

/**
 *   Django    pbkdf2_sha256$<rounds>$<salt>$<base64>
 *   Werkzeug  pbkdf2:sha256:<rounds>$<salt>$<hex>   and   scrypt:<N>:<r>:<p>$<salt>$<hex>
 */
function readForeign(stored: string): Foreign | null {
  const django = /^pbkdf2_(sha\d+)\$(\d{1,7})\$([^$]{1,100})\$([A-Za-z0-9+/=]{1,200})$/.exec(stored)
  if (django)
    return pbkdf2Hash(django[1]!, Number(django[2]), django[3]!, Buffer.from(django[4]!, 'base64'))
  const werkzeug = /^pbkdf2:(sha\d+):(\d{1,7})\$([^$]{1,100})\$([0-9a-f]{2,200})$/.exec(stored)
  if (werkzeug)
    return pbkdf2Hash(
      werkzeug[1]!,
      Number(werkzeug[2]),
      werkzeug[3]!,
      Buffer.from(werkzeug[4]!, 'hex'),
    )
  const [, n, r, p, salt = '', hex = ''] =
    /^scrypt:(\d{1,6}):(\d{1,2}):(\d)\$([^$]{1,100})\$([0-9a-f]{128})$/.exec(stored) ?? []
  if (!hex || Number(n) * Number(r) > MAX_SCRYPT) return null
  const cost = { N: Number(n), r: Number(r), p: Number(p), maxmem: 2 * 128 * MAX_SCRYPT }
  const digest = Buffer.from(hex, 'hex')
  return { salt, digest, derive: (password) => scryptAsync(password, salt, digest.length, cost) }
}

function pbkdf2Hash(name: string, rounds: number, salt: string, digest: Buffer): Foreign | null {
  if (!DIGESTS.includes(name) || rounds < 1 || rounds > MAX_ROUNDS || digest.length === 0)
    return null
  return {
    salt,
    digest,
    derive: (password) => pbkdf2Async(password, salt, rounds, digest.length, name),
  }
}

let running = 0
const waiting: (() => void)[] = []

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= MAX_AT_ONCE) {
    if (waiting.length >= MAX_WAITING) {
      throw new AppError(
        'unavailable',
        'Too many people sign in at this moment. Try again shortly.',
        { retryAfter: 2 },
      )
    }
    await new Promise<void>((resolve) => waiting.push(resolve)) // takes over the place of the one who leaves
  } else running++
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    if (next) next()
    else running--
  }
}
