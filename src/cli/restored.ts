/**
 * Messages after a restore (RELIABILITY R29). What was waiting or on its way when the backup
 * was made may have been sent since, and the backup cannot know: nothing of that goes out
 * again by itself, nor by a journey's run that was to go on. `beckon redrive --status restored` lets it go.
 */
import { connect, type DatabaseAddress, hasRoles, type Sql } from '../db/db.ts'
import { recordEvents } from '../events/record.ts'
import { defaultExpiry } from '../messages/retry.ts'
import { requeue } from '../messages/store/change.ts'
import { holdDue, holdRuns, listHeldBack, markUnknown } from './restored.store.ts'

const HELD_DAYS = 365 // then it is looked at again, and by then it has expired

export interface HeldBack {
  readonly held: number
  readonly unknown: number
  readonly runs: number
}

/** Of all workspaces, however many rows that are. */
export async function holdRestored(address: DatabaseAddress, now: Date): Promise<HeldBack> {
  const role = (await hasRoles(address)) ? 'role' : 'app.role'
  const sql = connect(address, {
    max: 1,
    connection: { [role]: 'beckon_engine', statement_timeout: 0 },
  })
  try {
    return await sql.begin(async (tx) => ({
      unknown: await markUnknown(tx, now),
      held: await holdDue(tx, now, new Date(now.getTime() + HELD_DAYS * 86_400_000)),
      runs: await holdRuns(tx, now),
    }))
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
