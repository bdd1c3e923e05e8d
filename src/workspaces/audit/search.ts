/** Looks for entries in bounded time: they are numbered without a gap, so a stretch of them is known by its ends. */
import type { Sql } from '../../db/db.ts'
import { type AuditRow, type EntryFilter, findHead, listEntries } from './store.ts'

export const SPAN = 20_000 // entries looked at for one page

export interface FoundEntries {
  readonly rows: readonly AuditRow[]
  /** Where to go on, when the search stopped before it had `limit` entries. */
  readonly stoppedAt: number | null
}

export async function searchEntries(
  tx: Sql,
  workspaceId: string,
  filter: EntryFilter & { seq?: number | undefined; before: number | undefined; limit: number },
): Promise<FoundEntries> {
  const { seq } = filter
  if (seq !== undefined) {
    const rows = await listEntries(tx, workspaceId, { ...filter, since: seq, before: seq + 1 })
    return { rows, stoppedAt: null }
  }
  const before = filter.before ?? ((await findHead(tx, workspaceId))?.seq ?? 0) + 1
  const since = Math.max(1, before - SPAN)
  const rows = await listEntries(tx, workspaceId, { ...filter, since, before })
  return { rows, stoppedAt: rows.length < filter.limit && since > 1 ? since : null }
}
