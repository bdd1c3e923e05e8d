/**
 * Work that holds the thread for long, such as a template with loops in loops, leaves it to others in
 * between: what was seen to be slow is done one at a time, with a pause as long as itself after each.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'

const SLOW_MS = 20
const REMEMBERED_MS = 60_000
const MAX_KNOWN = 10_000

export interface Clockwork {
  /** Milliseconds that only ever grow. */
  now(): number
  sleep(ms: number): Promise<unknown>
}

const real: Clockwork = { now: () => performance.now(), sleep: (ms) => sleep(ms) }

/** At once, but for what was slow under the same key. */
export type Slowly = <T>(key: () => string, work: () => T) => T | Promise<Awaited<T>>

export function createSlowly({ now, sleep }: Clockwork = real): Slowly {
  const slow = new LRUCache<string, true>({ max: MAX_KNOWN, ttl: REMEMBERED_MS })
  let last: Promise<unknown> = Promise.resolve()
  return (key, work) => {
    let took = 0
    const timed = () => {
      const startedAt = now()
      try {
        return work()
      } finally {
        took = now() - startedAt
        if (took > SLOW_MS) slow.set(key(), true)
        else if (slow.size > 0) slow.delete(key())
      }
    }
    if (slow.size === 0 || !slow.has(key())) return timed()
    const done = last.then(timed)
    const pause = () => (took > SLOW_MS ? sleep(took) : undefined) // it was the machine, not the work
    last = done.then(pause, pause)
    return done as ReturnType<typeof timed> | Promise<Awaited<ReturnType<typeof timed>>> // `then` awaits
  }
}

/** Of this process: it has one thread. */
export const slowly = createSlowly()
