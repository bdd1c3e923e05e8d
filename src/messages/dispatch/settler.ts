/**
 * Writes down what became of messages, many at a time. What a vendor has answered must not
 * be lost to a database that restarts, so writing is repeated until it succeeds or the
 * process ends; the lease fences out whoever is too late.
 */
import type { Logger } from 'pino'
import type { Db } from '../../db/db.ts'
import { isRefusal } from '../../db/refusal.ts'
import { type Batcher, createBatcher } from '../../lib/batcher.ts'
import { uuid7 } from '../../lib/uuid7.ts'
import { type Settlement, settle } from '../store/settle.ts'

const BATCH = 500
const WRITING = 1 // statements at once: they meet in the same counters, and one that waits for another's commit only makes both small
const LINGER_MS = 10 // a settlement costs a quarter in company, and nobody waits for one
const RETRY_MS = [50, 200, 500, 1_000]
const UNSTORABLE = 'What the vendor answered could not be stored.'

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
  const write = async (rows: readonly Settlement[]): Promise<Set<string>> => {
    for (let attempt = 0; ; attempt++) {
      try {
        const done = await settle(db.engine, rows, db.clock.now())
        return new Set(done.map((row) => row.id))
      } catch (error) {
        if (stopped.aborted) throw error
        if (isRefusal(error)) return writeApart(rows, error)
        log.warn({ err: error, messages: rows.length }, 'settling failed, trying again')
        await new Promise((resolve) =>
          setTimeout(resolve, RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)]),
        )
      }
    }
  }

  /** One row holds what cannot be stored. The others must not wait for it, nor it for ever. */
  const writeApart = async (rows: readonly Settlement[], error: unknown): Promise<Set<string>> => {
    const [row] = rows
    if (rows.length > 1 || !row) {
      const middle = rows.length >> 1
      const first = await write(rows.slice(0, middle))
      return first.union(await write(rows.slice(middle)))
    }
    log.error({ err: error, message_id: row.id }, 'an answer could not be stored as it came')
    if (row.detail === UNSTORABLE) return new Set() // its lease will show it as unknown
    return write([{ ...row, detail: UNSTORABLE, providerMessageId: null, properties: {} }])
  }

  const run = async (outcomes: readonly Outcome[]): Promise<boolean[]> => {
    // One order everywhere, so that writers of the same rows wait instead of deadlocking.
    const rows = outcomes
      .map((outcome) => ({ ...storable(outcome), eventId: uuid7() }))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
    const done = await write(rows)
    fenced += rows.length - done.size
    options.onSettled([...done])
    return outcomes.map((outcome) => done.has(outcome.id))
  }
  const batcher: Batcher<Outcome, boolean> = createBatcher({
    run,
    maxWeight: BATCH,
    concurrency: WRITING,
    lingerMs: LINGER_MS,
  })
  return {
    add: (outcome) => batcher.add(outcome),
    drain: () => batcher.drain(),
    get fenced() {
      return fenced
    },
  }
}

/** PostgreSQL stores neither NUL nor half a surrogate pair, and vendors send both. */
function storable(outcome: Outcome): Outcome {
  const { detail, providerMessageId, properties } = outcome
  const names = Object.keys(properties)
  const clean = [detail, providerMessageId, ...names.map((name) => properties[name])].every(isClean)
  if (clean) return outcome
  return {
    ...outcome,
    detail: cleaned(detail),
    providerMessageId: cleaned(providerMessageId),
    properties: Object.fromEntries(names.map((name) => [name, cleaned(properties[name])])),
  }
}

function isClean(value: unknown): boolean {
  return typeof value !== 'string' || (value.isWellFormed() && !value.includes('\0'))
}

function cleaned<T>(value: T): T | string {
  if (typeof value !== 'string' || isClean(value)) return value
  return value.toWellFormed().replaceAll('\0', '\ufffd')
}
