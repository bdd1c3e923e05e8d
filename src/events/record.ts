/**
 * The one door in. Receipts, decisions, imports and customers' own events all come
 * through here, for one workspace or many at once.
 *
 * An event with a key counts once, whoever tells us and how often: the key, the event and
 * its counters are one statement, so there is no moment at which only some of them exist.
 */
import type { Json, Sql } from '../db/db.ts'
import { uuid7 } from '../lib/uuid7.ts'
import { writeCounts, writeEvents } from './record.store.ts'

export { addCounts } from './record.store.ts'

export interface EventInput {
  readonly workspaceId: string
  /** UUID v7; made here when absent. */
  readonly id?: string | undefined
  /** `object.verbed`. */
  readonly name: string
  readonly contactId: string | null
  readonly messageId: string | null
  readonly at: Date
  readonly source: string
  readonly properties: { readonly [key: string]: Json | undefined }
  /** An event whose key its source has used before is dropped. */
  readonly key?: string | undefined
  /** Adds one to this counter, in the hour of `at`. */
  readonly count?: { readonly channel: string; readonly metric: string } | undefined
}

export type RecordedEvent = EventInput & { readonly id: string }

export interface CountInput {
  readonly workspaceId: string
  readonly at: Date
  readonly channel: string
  readonly metric: string
  readonly n: number
}

/**
 * Records what is new and answers it, in order; what was recorded before is left out.
 * Durable when the transaction of `sql` commits, or at once on a pool.
 */
export async function recordEvents(
  sql: Sql,
  events: readonly EventInput[],
  now: Date,
): Promise<RecordedEvent[]> {
  if (events.length === 0) return []
  const named = events.map((event) => ({ ...event, id: event.id ?? uuid7() }))
  const fresh = await writeEvents(sql, named, now)
  return fresh === 'all' ? named : named.filter((event) => fresh.has(event.id))
}

/** Adds to hourly counters; rows of the same hour, channel and metric are added up first. */
export async function bumpCounts(sql: Sql, rows: readonly CountInput[]): Promise<void> {
  if (rows.length > 0) await writeCounts(sql, rows)
}
