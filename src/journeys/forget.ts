/** What runs hold about a person: exported with the contact, erased with it. */
import type { TransactionSql } from 'postgres'
import type { Sql } from '../db/db.ts'
import { endRuns } from './engine/end.ts'
import { createLedger } from './engine/ledger.ts'
import { eraseFacts, listRunsOf, lockAllOf } from './store/forget.ts'

interface Subject {
  readonly contactIds: readonly string[]
}

/** Their runs end; what began them and what their steps brought goes. That there was a run stays. */
export async function eraseRuns(
  tx: TransactionSql,
  workspaceId: string,
  { contactIds }: Subject,
  now: Date,
): Promise<void> {
  const ledger = createLedger(now)
  const live = await lockAllOf(tx, workspaceId, contactIds)
  await endRuns(tx, live, { status: 'exited', reason: 'contact_erased' }, { ledger, now })
  await ledger.write(tx)
  await eraseFacts(tx, workspaceId, contactIds)
}

export const exportRuns = (
  sql: Sql,
  workspaceId: string,
  { contactIds }: Subject,
): Promise<unknown> => listRunsOf(sql, workspaceId, contactIds)
