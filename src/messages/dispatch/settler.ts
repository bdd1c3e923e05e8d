/**
 * Writes down what became of messages, many at a time. What a vendor has answered must not
 * be lost to a database that restarts, so writing is repeated until it succeeds or the
 * process ends; the lease fences out whoever is too late.
 */
import type { Logger } from 'pino'
import type { Db } from '../../db/db.ts'
import { type Batcher, createBatcher } from '../../lib/batcher.ts'
import { uuid7 } from '../../lib/uuid7.ts'
import { type Settlement, settle } from '../store/deliver.ts'

const BATCH = 500
const WRITING = 1 // statements at once: they meet in the same counters, and one that waits for another's commit only makes both small
const RETRY_MS = [50, 200, 500, 1_000]

export type Outcome = Omit<Settlement, 'eventId'>

export interface Settler {
  /** False when the row was no longer ours. */
  add(outcome: Outcome): Promise<boolean>
  drain(): Promise<void>
  readonly fenced: number
}

export function createSettler(options: {
  db: Db
  log: Logger
  /** Gives up then: the leases bring the rows back. */
  stopped: AbortSignal
  onSettled(ids: readonly string[]): void
}): Settler {
  const { db, log, stopped } = options
  let fenced = 0
  const run = async (outcomes: readonly Outcome[]): Promise<boolean[]> => {
    // One order everywhere, so that writers of the same rows wait instead of deadlocking.
    const rows = outcomes
      .map((outcome) => ({ ...outcome, eventId: uuid7() }))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
    for (let attempt = 0; ; attempt++) {
      try {
        const done = new Set((await settle(db.engine, rows, db.clock.now())).map((row) => row.id))
        fenced += rows.length - done.size
        options.onSettled([...done])
        return outcomes.map((outcome) => done.has(outcome.id))
      } catch (error) {
        if (stopped.aborted) throw error
        log.warn({ err: error, messages: rows.length }, 'settling failed, trying again')
        await new Promise((resolve) =>
          setTimeout(resolve, RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)]),
        )
      }
    }
  }
  const batcher: Batcher<Outcome, boolean> = createBatcher({
    run,
    maxWeight: BATCH,
    concurrency: WRITING,
  })
  return {
    add: (outcome) => batcher.add(outcome),
    drain: () => batcher.drain(),
    get fenced() {
      return fenced
    },
  }
}
