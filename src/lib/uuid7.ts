/**
 * Ids that sort by time: UUID version 7 (RFC 9562 §5.7), made at the rate at which
 * messages are accepted, and their two forms, text and 16 bytes.
 *
 * Layout: 48 bits of milliseconds, a 26-bit counter (§6.2 method 1, over rand_a and the
 * head of rand_b) that keeps ids of one process and millisecond in order, and 48 random
 * bits. The counter starts at a random 25-bit value each millisecond, which leaves room
 * for 33 million ids in it. Not secrets: whatever must not be guessed is signed.
 */
import { randomFillSync } from 'node:crypto'

const POOL = 4096 // bytes of randomness fetched at once; one call to the system per ~680 ids
const COUNTER_MAX = 0x3ffffff // 26 bits
const MAX_TIME = 0xffffffffffff // milliseconds in 48 bits

const pool = Buffer.alloc(POOL)
let poolAt = POOL
const bytes = Buffer.alloc(16)
const ascii = Buffer.alloc(36, '-')

const HEX = Buffer.from('0123456789abcdef')
/** Where each byte's two hex digits stand in the text form. */
const PLACE = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34]
const NIBBLE = hexValues()

interface Clock {
  at: number
  counter: number
}
/** The running clock never goes back; times that are given are used as they are. */
const running: Clock = { at: 0, counter: 0 }
const given: Clock = { at: -1, counter: 0 }

/** A new id, greater than every id made before it for the same millisecond by this process. */
export function uuid7(atMs?: number): string {
  const clock = atMs === undefined ? running : given
  const now = atMs === undefined ? Math.max(Date.now(), running.at) : Math.floor(atMs)
  advance(clock, now)
  const { at, counter } = clock
  const high = Math.floor(at / 0x10000)
  bytes[0] = high >>> 24
  bytes[1] = high >>> 16
  bytes[2] = high >>> 8
  bytes[3] = high
  bytes[4] = at >>> 8
  bytes[5] = at
  bytes[6] = 0x70 | (counter >>> 22)
  bytes[7] = counter >>> 14
  bytes[8] = 0x80 | ((counter >>> 8) & 0x3f)
  bytes[9] = counter
  takeRandom()
  return format(bytes, 0)
}

/** Of whatever version, in its text form. */
export const isUuid = (text: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text)

/** When the id was made, to the millisecond. */
export function uuid7Time(id: string): Date {
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16))
}

/** The least id of a moment: those made before it are less, those made then or later are not. */
export function uuid7Floor(atMs: number): string {
  const time = Math.min(MAX_TIME, Math.max(0, Math.floor(atMs)))
    .toString(16)
    .padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`
}

/** The 16 bytes of an id in text form. Throws a TypeError when it is not one. */
export function uuidBytes(id: string): Buffer {
  const out = Buffer.allocUnsafe(16)
  if (!writeUuid(id, out, 0)) throw new TypeError(`not a uuid: ${id.slice(0, 40)}`)
  return out
}

/** Writes the 16 bytes of `id` at `offset`; false, with those bytes undefined, when it is not a uuid. */
export function writeUuid(id: string, out: Buffer, offset: number): boolean {
  if (id.length !== 36) return false
  let wrong = 0
  for (let i = 0; i < 16; i++) {
    const place = PLACE[i]!
    const high = NIBBLE[id.charCodeAt(place) & 0xff]!
    const low = NIBBLE[id.charCodeAt(place + 1) & 0xff]!
    wrong |= (high | low) & 0xf0
    wrong |= (id.charCodeAt(place) | id.charCodeAt(place + 1)) & 0xff80
    out[offset + i] = (high << 4) | low
  }
  return wrong === 0 && hasDashes(id)
}

/** The text form of 16 bytes, starting at `offset`. */
export function uuidFromBytes(source: Uint8Array, offset = 0): string {
  if (source.length < offset + 16) throw new TypeError('a uuid has 16 bytes')
  return format(source, offset)
}

function advance(clock: Clock, now: number) {
  if (now === clock.at && clock.counter < COUNTER_MAX) {
    clock.counter++
    return
  }
  clock.at = now === clock.at ? now + 1 : now
  if (poolAt + 4 > POOL) refill()
  clock.counter = pool.readUInt32LE(poolAt) & (COUNTER_MAX >>> 1)
  poolAt += 4
}

function takeRandom() {
  if (poolAt + 6 > POOL) refill()
  for (let i = 10; i < 16; i++) bytes[i] = pool[poolAt++]!
}

function refill() {
  randomFillSync(pool)
  poolAt = 0
}

function format(source: Uint8Array, offset: number): string {
  for (let i = 0; i < 16; i++) {
    const place = PLACE[i]!
    const byte = source[offset + i]!
    ascii[place] = HEX[byte >>> 4]!
    ascii[place + 1] = HEX[byte & 15]!
  }
  return ascii.toString('latin1')
}

function hasDashes(id: string): boolean {
  return id[8] === '-' && id[13] === '-' && id[18] === '-' && id[23] === '-'
}

/** The value of each hex digit by its code; 0xff for every other character. */
function hexValues(): Uint8Array {
  const values = new Uint8Array(256).fill(0xff)
  for (let i = 0; i < 16; i++) {
    values['0123456789abcdef'.charCodeAt(i)] = i
    values['0123456789ABCDEF'.charCodeAt(i)] = i
  }
  return values
}
