/**
 * Messages that became due outside of their send window, because they were tried again or their
 * sender rested: they wait until it opens. Looked at right before the intent, so that none goes at
 * night that was rendered in the evening. Waiting costs no attempt, and none of the time
 * that a message has, unless somebody said when it is over.
 */
import type { Db } from '../../db/db.ts'
import { nextOpening } from '../../lib/window.ts'
import { EXPIRY_GIVEN } from '../flags.ts'
import { touchLanes } from '../store/accept.ts'
import type { Due } from '../store/due.ts'
import { putOff } from '../store/putOff.ts'

/** Ids of those that wait. */
export async function holdOutside(db: Db, rows: readonly Due[]): Promise<ReadonlySet<string>> {
  const now = db.clock.now()
  const closed = rows.flatMap((row) => {
    if (row.sendWindow === null) return []
    const dueAt = nextOpening(row.sendWindow, now, 'UTC') // its zone was written with it
    return dueAt > now ? [{ row, dueAt }] : []
  })
  if (closed.length === 0) return new Set()
  const held = closed.map(({ row, dueAt }) => ({
    ...{ workspaceId: row.workspaceId, id: row.id, attempt: row.attempt, dueAt, held: true },
    ...{ senderId: row.senderId, priority: row.priority, reason: 'window' },
    detail: `Waits for its hours, until ${dueAt.toISOString()}.`,
    ...(row.flags & EXPIRY_GIVEN ? {} : { expiresAt: new Date(+row.expiresAt + +dueAt - +now) }),
  }))
  await db.engine.begin(async (tx) => {
    await putOff(tx, held)
    await touchLanes(tx, held)
  })
  return new Set(held.map(({ id }) => id))
}
