/**
 * A paused journey sends nothing: its messages that have not gone wait until it is enabled again. In
 * the transaction that changes its state, which has the journey's row locked, so none is written after.
 */
import type { TransactionSql } from 'postgres'
import { holdMessages, releaseMessages } from '../messages/hold.ts'
import { waiting } from '../messages/life.ts'
import { PAUSED } from './engine/end.ts'
import { messagesOfJourney } from './store/sends.ts'
import type { JourneyStatus } from './store.ts'

export async function pauseMessages(
  tx: TransactionSql,
  workspaceId: string,
  { id, from, to }: { id: string; from: JourneyStatus; to: JourneyStatus },
  now: Date,
): Promise<void> {
  if (from === to || from === 'draft') return
  if (to === 'active') {
    const ids = await messagesOfJourney(tx, workspaceId, id, ['held'])
    await releaseMessages(tx, workspaceId, ids, PAUSED.reason, now)
  } else {
    const ids = await messagesOfJourney(tx, workspaceId, id, waiting)
    await holdMessages(tx, workspaceId, ids, { ...PAUSED, until: null }, now)
  }
}
