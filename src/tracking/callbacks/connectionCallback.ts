/**
 * Callbacks that a connector understands. Understanding one may need calls to the vendor, which must
 * not hold a transaction open: so it is taken for a while, read, and then written in one transaction
 * that first makes sure that nobody else has taken it meanwhile.
 *
 *   received  -> processed  what follows from it is written
 *   received  -> received   the vendor could not be asked: tried again
 *   received  -> failed     it could not be understood, or was tried too often
 */
import type { TransactionSql } from 'postgres'
import type { Db } from '../../db/db.ts'
import { Retryable, Unanswered } from '../../errors.ts'
import type { RawRequest } from '../../lib/http.ts'
import type { TrackingCounters } from '../counters.ts'
import { type CallbackRow, lockTaken, noteCallback } from '../store/callbacks.ts'

const AGAIN_SECONDS = [5, 15, 60, 300, 900, 1_800] // about an hour; pulls find the same meanwhile

export type ConnectionCallback = CallbackRow & { readonly connectionId: string }

/** Handed down by app.ts. Throws Retryable or Unanswered to be asked again. */
export type CallbackReader = (
  callback: ConnectionCallback,
  request: RawRequest,
) => Promise<{
  apply(tx: TransactionSql, now: Date): Promise<void>
  /** Its transaction is committed. */
  applied(): void
}>

export interface ConnectionDeps {
  readonly db: Pick<Db, 'engine' | 'clock'>
  readonly counters: TrackingCounters
  readonly read: CallbackReader
  reasonOf(error: unknown): string
  isDatabaseAway(error: unknown): boolean
}

/** `callback.dueAt` is until when it is ours. Answers the error of one that failed for good. */
export async function processConnectionCallback(
  callback: ConnectionCallback,
  request: RawRequest,
  deps: ConnectionDeps,
): Promise<{ failed: unknown } | undefined> {
  const { db, counters } = deps
  try {
    const outcome = await deps.read(callback, request)
    const now = db.clock.now()
    const ours = await db.engine.begin(async (tx) => {
      if (!(await lockTaken(tx, callback))) return false
      await outcome.apply(tx, now)
      await noteCallback(tx, callback, { status: 'processed', reason: null, dueAt: now }, now)
      return true
    })
    if (!ours) return undefined
    outcome.applied()
    counters.callbacksProcessed++
    return undefined
  } catch (error) {
    return giveBack(callback, error, deps)
  }
}

async function giveBack(callback: ConnectionCallback, error: unknown, deps: ConnectionDeps) {
  const { db, counters } = deps
  const now = db.clock.now()
  const passing = error instanceof Retryable || error instanceof Unanswered
  if (!passing && deps.isDatabaseAway(error)) throw error // its time runs out, and it is due again
  const wait = passing ? AGAIN_SECONDS[callback.attempts] : undefined
  const after = error instanceof Retryable ? (error.after ?? 0) : 0
  const reason = deps.reasonOf(error)
  await db.engine.begin(async (tx) => {
    if (!(await lockTaken(tx, callback))) return
    const dueAt = new Date(+now + Math.max(wait ?? 0, after) * 1_000)
    const status = wait === undefined ? 'failed' : 'received'
    await noteCallback(tx, callback, { status, reason, dueAt }, now)
  })
  if (wait !== undefined) return undefined
  counters.callbacksFailed++
  return { failed: error }
}
