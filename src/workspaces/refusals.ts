/**
 * Keys and tokens that nobody has, counted by network: whoever sends many of them is told to
 * wait. A right key is never refused for it, so that nobody can lock a neighbour out; a key is
 * too long to be guessed anyway. Each process counts for itself, because a count in the
 * database would cost the writes that this is to spare.
 */
import { AppError } from '../errors.ts'
import { networkOf } from './login/networkOf.ts'

const LIMIT = 60 // refused keys of one network in a window
const WINDOW_MS = 60_000
const MAX_NETWORKS = 10_000 // counted at once; the oldest windows are forgotten first

export interface Refusals {
  /**
   * Counts one more. Throws 429 with Retry-After when it is one too many. A connection that
   * closed meanwhile has no address, and nobody who reads the answer.
   */
  count(ip: string | undefined, now: Date): void
}

export function createRefusals(): Refusals {
  const windows = new Map<string, { refused: number; endsAt: number }>()
  return {
    count(ip, now) {
      if (ip === undefined) return
      const network = networkOf(ip)
      const open = windows.get(network)
      if (open === undefined || open.endsAt <= now.getTime()) {
        windows.delete(network) // so that it becomes the youngest
        windows.set(network, { refused: 1, endsAt: now.getTime() + WINDOW_MS })
        const oldest = windows.size > MAX_NETWORKS ? windows.keys().next().value : undefined
        if (oldest !== undefined) windows.delete(oldest)
        return
      }
      open.refused++
      if (open.refused <= LIMIT) return
      throw new AppError(
        'rate_limited',
        'Too many unknown keys or tokens came from your network. Look at the key you send, and try again later.',
        { retryAfter: Math.max(1, Math.ceil((open.endsAt - now.getTime()) / 1000)) },
      )
    },
  }
}
