/**
 * Takes over from processes that died, or hung past their lease.
 *
 * Of what they had only read nothing was written: their lanes are looked at again. What was
 * between intent and answer may have been sent: it is asked again where the provider answers a
 * repeated id with its first answer, and is otherwise `unknown`.
 */
import type { Presence } from '../../db/presence.ts'
import { wakeLanes } from '../store/lanes.ts'
import { findOrphans, type Orphan, settleOrphans } from '../store/orphans.ts'
import type { DispatchDeps } from './deps.ts'

const BATCH = 500
const SLEEP_MS = 10_000 // more than a lane sleeps over rows that were read and not begun

/** Answers how many rows were taken over. */
export async function recover(deps: DispatchDeps, presence: Presence): Promise<number> {
  const dead = await presence.deadProcesses()
  const now = deps.db.clock.now()
  if (dead.length > 0) await wakeLanes(deps.db.engine, now, new Date(+now + SLEEP_MS))
  let recovered = 0
  for (;;) {
    const count = await recoverBatch(deps, dead)
    recovered += count
    if (count < BATCH) break
  }
  if (dead.length > 0) await presence.bury(dead)
  return recovered
}

/** Locked and settled in one transaction, so that of two processes one does it. */
function recoverBatch(deps: DispatchDeps, dead: readonly string[]): Promise<number> {
  return deps.db.engine.begin(async (tx) => {
    const now = deps.db.clock.now()
    const orphans = await findOrphans(tx, now, dead, BATCH)
    const decided: { orphan: Orphan; again: boolean }[] = []
    for (const orphan of orphans) decided.push({ orphan, again: await mayRepeat(orphan, deps) })
    if (decided.length > 0) await settleOrphans(tx, decided, now)
    return orphans.length
  })
}

async function mayRepeat(orphan: Orphan, deps: DispatchDeps): Promise<boolean> {
  const sender = await deps.senders.find(orphan.workspaceId, orphan.senderId)
  if (!sender) return false
  if (sender.provider.delivery.idempotency !== 'none' || sender.onUnknown === 'resend') return true
  return deps.resendsUnknown(orphan)
}
