/**
 * How many messages a workspace may hand in per second (`workspaces.accept_per_second`), so that
 * one that floods does not cost the others theirs.
 *
 * Counted in memory, because a count in the database would cost each request the statement that
 * this is to spare: with several processes each allows the whole of it. A request is taken whole
 * while anything is left, a batch of 1,000 too, and what it took too much is paid back by waiting.
 */
import { AppError } from '../errors.ts'
import type { NewMessage } from './schema.ts'

const MAX_KEPT = 10_000 // workspaces

/** As many as these become: by `routing.method: all` one is a message on each channel. */
export function messagesIn(items: readonly NewMessage[]): number {
  let count = 0
  for (const { routing } of items)
    count += routing?.method === 'all' ? new Set(routing.channels).size : 1
  return count
}

interface AcceptRate {
  /** Throws 429 with Retry-After when the workspace has had its share. */
  take(workspaceId: string, perSecond: number | null, wanted: number, nowMs: number): void
}

export function createAcceptRate(): AcceptRate {
  const buckets = new Map<string, { left: number; atMs: number }>()
  return {
    take(workspaceId, perSecond, wanted, nowMs) {
      if (perSecond === null) return
      const known = buckets.get(workspaceId) ?? { left: perSecond, atMs: nowMs }
      const filled = known.left + ((nowMs - known.atMs) / 1000) * perSecond
      const left = Math.min(perSecond, filled)
      if (left <= 0) {
        throw new AppError(
          'rate_limited',
          `This workspace may hand in ${perSecond} messages per second, and has handed in more.`,
          { retryAfter: Math.max(1, Math.ceil((1 - left) / perSecond)) },
        )
      }
      buckets.delete(workspaceId) // so that it becomes the youngest
      buckets.set(workspaceId, { left: left - wanted, atMs: nowMs })
      const oldest = buckets.size > MAX_KEPT ? buckets.keys().next().value : undefined
      if (oldest !== undefined) buckets.delete(oldest)
    },
  }
}
