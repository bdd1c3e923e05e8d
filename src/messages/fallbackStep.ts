/**
 * What is to be done about a message that is to go by its next channel too when nothing is heard of
 * it in time. A pure decision; fallback.ts carries it out.
 *
 *   delivered or seen             -> done
 *   sent, unknown                 -> once its time since then is over: a new message by the next channel
 *   waits for its turn or time    -> looked at again: its time runs from when it is sent
 *   waits and its sender cannot work, or has failed to send it -> the message itself goes by the next channel
 *   sending                       -> looked at again
 *   bounced, or failed on the way -> at once: a new message by the next channel
 *   whatever else is final        -> done
 */
import { EXPIRY_GIVEN } from './flags.ts'
import type { Fallback } from './store/fallbacks.ts'
import type { MessageRow } from './store/read.ts'

export const SOON_MS = 2_000 // what is on its way, or came in and is not understood, is looked at again after this
const LATER_MS = 3_600_000 // what waits for its own time is looked at this often: it may be sent earlier

/** Nothing any more, nothing because its end was given and is over, another message, this one by another way, or wait until then. */
export type Step = 'done' | 'over' | 'again' | 'instead' | Date

/** Of one whose answer was lost, since that was noticed. */
export const overAt = ({ afterSeconds }: Fallback, { sentAt, settledAt, createdAt }: MessageRow) =>
  new Date(+(sentAt ?? settledAt ?? createdAt) + afterSeconds * 1000)

/** `able`: its sender can work. */
export function stepOf(fallback: Fallback, message: MessageRow, able: boolean, now: Date): Step {
  const sinceNow = new Date(+now + fallback.afterSeconds * 1000)
  if (!message.routing) return 'done'
  // A refusal has moved it on by itself: its time begins anew.
  if (message.channel !== fallback.channel) return sinceNow
  const end = overAt(fallback, message)
  const expired = (message.flags & EXPIRY_GIVEN) !== 0 && message.expiresAt <= now
  const again = expired ? 'over' : 'again'
  switch (message.status) {
    case 'delivered':
      if (fallback.unless === 'delivered') return 'done'
      return end > now ? end : again
    case 'sent':
    case 'unknown':
      return end > now ? end : again
    case 'bounced':
      return again
    case 'failed':
      return message.sentAt === null ? 'done' : again
    case 'queued':
    case 'scheduled':
    case 'held':
      return expired ? 'done' : stepOfWaiting(fallback, message, able, now)
    case 'sending':
      return new Date(+now + SOON_MS)
    default:
      return 'done'
  }
}

/** Whoever is looked at again within its time is never found late: that time has not begun. */
function stepOfWaiting(
  { afterSeconds }: Fallback,
  { status, attempt, dueAt }: MessageRow,
  able: boolean,
  now: Date,
): Step {
  const afterMs = afterSeconds * 1000
  if (status !== 'queued' && dueAt > now)
    return new Date(Math.min(+dueAt + afterMs, +now + Math.max(afterMs, LATER_MS)))
  return able && attempt === 0 ? new Date(+now + afterMs) : 'instead'
}
