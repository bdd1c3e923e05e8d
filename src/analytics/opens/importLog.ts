/**
 * Takes over the opens that document 000's service has told already: they count in every answer,
 * and raise no event, so nobody is alerted again. The same file again changes nothing.
 */
import type { TransactionSql } from 'postgres'
import { findKnownOpens, noteNotified } from './importLog.store.ts'
import { holdSources, type NewOpen, writeOpens } from './project.store.ts'
import type { LoggedOpen } from './store.ts'

const SOURCE = 'close'

export type ToldOpen = Omit<LoggedOpen, 'id'>

/** In the caller's transaction. Answers how many were new; what we heard of Close ourselves is known. */
export async function importOpens(
  tx: TransactionSql,
  workspaceId: string,
  opens: readonly ToldOpen[],
): Promise<number> {
  const known = await findKnownOpens(tx, workspaceId, SOURCE, opens)
  const fresh = new Map<string, ToldOpen & NewOpen>()
  for (const [index, open] of opens.entries()) {
    const openKey = `imported/${open.emailId}/${open.openedAt.toISOString()}`
    if (!known.has(index)) fresh.set(openKey, { ...open, openKey, source: SOURCE, machine: false })
  }
  const rows = [...fresh.values()]
  if (rows.length === 0) return 0
  await holdSources(tx, workspaceId, [SOURCE])
  await writeOpens(tx, workspaceId, rows)
  await noteNotified(tx, workspaceId, rows)
  return rows.length
}
