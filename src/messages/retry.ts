/** When to try again, and how long a message is worth sending. */
import type { Status } from './schema.ts'

/** Seconds after each failed attempt: 9 attempts in 33 minutes. */
const DELAYS_SECONDS = [2, 5, 15, 45, 120, 300, 600, 900]
const MAX_RETRY_AFTER_SECONDS = 900 // a vendor that asks for more is tried then all the same

export const MAX_ATTEMPTS = DELAYS_SECONDS.length + 1

/**
 * Milliseconds to wait after attempt number `attempt` (1 for the first), or null when
 * it was the last. Half to full of the schedule, so that many failures do not return
 * together; never earlier than the vendor asked. `random` is in [0, 1).
 */
export function retryDelay(
  attempt: number,
  askedSeconds: number | undefined,
  random = Math.random(),
): number | null {
  const base = DELAYS_SECONDS[attempt - 1]
  if (base === undefined) return null
  const asked = Math.min(askedSeconds ?? 0, MAX_RETRY_AFTER_SECONDS)
  return Math.max(base * (0.5 + random / 2), asked) * 1000
}

const HOUR_MS = 3_600_000
const LIFETIME_HOURS = { system: 24, transactional: 24, marketing: 72 } as const

/** When a message is no longer worth sending, if nobody said so. Counted from when it is due. */
export function defaultExpiry(kind: keyof typeof LIFETIME_HOURS, dueAt: Date): Date {
  return new Date(dueAt.getTime() + LIFETIME_HOURS[kind] * HOUR_MS)
}

/** States that end a message unless somebody steps in. */
export const final: ReadonlySet<Status> = new Set([
  'delivered',
  'bounced',
  'failed',
  'skipped',
  'cancelled',
  'expired',
])
