/**
 * After a restore (RELIABILITY R29). What was waiting or on its way when the backup was made may have
 * been done since, and the backup cannot know: nothing of that goes out again by itself, neither a message
 * nor by a journey. `beckon redrive --status restored` lets it go, or drops it.
 */
import type { TransactionSql } from 'postgres'
import { connect, type DatabaseAddress, hasRoles, type Sql } from '../db/db.ts'
import { recordEvents } from '../events/record.ts'
import {
  dropEvents,
  dropSchedules,
  holdEvents,
  holdRuns,
  holdSchedules,
  listHeldRuns,
  noteRestore,
  releaseEvents,
  releaseSchedules,
} from '../journeys/restored.store.ts'
import { cancelRun, releaseRunByHand } from '../journeys/runs.ts'
import { changeStatus } from '../messages/change.ts'
import { defaultExpiry } from '../messages/retry.ts'
import { requeue } from '../messages/store/change.ts'
import { holdDue, listHeldBack, markUnknown } from './restored.store.ts'

const DROPPED = 'restored'
const HELD_DAYS = 365 // then it is looked at again, and by then it has expired

export interface HeldBack {
  readonly held: number
  readonly unknown: number
  readonly runs: number
  readonly schedules: number
  readonly events: number
}

/** Of all workspaces, however many rows that are. */
export async function holdRestored(address: DatabaseAddress, now: Date): Promise<HeldBack> {
  const role = (await hasRoles(address)) ? 'role' : 'app.role'
  const sql = connect(address, {
    max: 1,
    connection: { [role]: 'beckon_engine', statement_timeout: 0 },
  })
  try {
    return await sql.begin(async (tx) => {
      const held = {
        events: await holdEvents(tx), // before those of this transaction, which are new
        unknown: await markUnknown(tx, now),
        held: await holdDue(tx, now, new Date(now.getTime() + HELD_DAYS * 86_400_000)),
        runs: await holdRuns(tx, now),
        schedules: await holdSchedules(tx, now),
      }
      await noteRestore(tx, now)
      return held
    })
  } finally {
    await sql.end({ timeout: 5 })
  }
}

/** Oldest first. Answers which. */
export async function releaseRestored(
  tx: Sql,
  workspaceId: string,
  filter: { channel: string | null; limit: number },
  now: Date,
): Promise<string[]> {
  const ids = await listHeldBack(tx, workspaceId, filter)
  if (ids.length === 0) return []
  const expiresAt = defaultExpiry('transactional', now)
  const rows = await requeue(tx, workspaceId, ids, 'held', { now, expiresAt })
  await recordEvents(
    tx,
    rows.map((row) => ({
      ...{ workspaceId, name: 'message.requeued', contactId: row.contactId, messageId: row.id },
      ...{ at: now, source: 'cli', properties: { from: 'held', reason: 'restored' } },
    })),
    now,
  )
  return rows.map((row) => row.id)
}

/** Not sent. Answers which. */
export async function dropRestored(
  tx: TransactionSql,
  workspaceId: string,
  filter: { channel: string | null; limit: number },
  now: Date,
): Promise<string[]> {
  const ids = await listHeldBack(tx, workspaceId, filter)
  const change = { status: 'cancelled', reason: DROPPED } as const
  for (const id of ids) await changeStatus(tx, workspaceId, id, change, now)
  return ids
}

export type Fate = 'release' | 'drop'

/** At most so many, oldest first. Answers how many. */
export async function settleRuns(
  tx: TransactionSql,
  workspaceId: string,
  { fate, limit }: { fate: Fate; limit: number },
  now: Date,
): Promise<number> {
  const ids = await listHeldRuns(tx, workspaceId, limit)
  const settle = fate === 'drop' ? cancelRun : releaseRunByHand
  const by = { now, ...(fate === 'drop' ? { reason: DROPPED } : {}) }
  for (const id of ids) await settle(tx, workspaceId, id, by)
  return ids.length
}

/** What begins runs. */
export async function settleBeginnings(
  tx: Sql,
  workspaceId: string,
  fate: Fate,
  now: Date,
): Promise<{ schedules: number; events: number }> {
  return fate === 'drop'
    ? {
        schedules: await dropSchedules(tx, workspaceId),
        events: await dropEvents(tx, workspaceId),
      }
    : {
        schedules: await releaseSchedules(tx, workspaceId),
        events: await releaseEvents(tx, workspaceId, now),
      }
}
