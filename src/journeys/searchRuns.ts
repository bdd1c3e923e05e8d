/**
 * Finds runs in bounded time, however many there are and however few match. A contact, a key, a state and what
 * asks for a person have indexes. All else is looked for among SPAN of those that an index leads to: a page
 * may then be short, or empty, and say where to go on.
 */
import type { Sql } from '../db/db.ts'
import { findRunBack, listRuns, type RunFilter } from './runs.store.ts'
import type { RunRow } from './runs.ts'

export const SPAN = 20_000 // runs looked at for one page

export interface FoundRuns {
  readonly rows: readonly RunRow[]
  /** Where to go on, when the search stopped before it had `limit` rows. */
  readonly stoppedAt: string | null
}

export async function searchRuns(
  tx: Sql,
  workspaceId: string,
  journeyId: string,
  filter: RunFilter,
): Promise<FoundRuns> {
  if (isSwift(filter))
    return { rows: await listRuns(tx, workspaceId, journeyId, filter), stoppedAt: null }
  const floor = await findRunBack(tx, workspaceId, journeyId, { ...filter, span: SPAN })
  const rows = await listRuns(tx, workspaceId, journeyId, { ...filter, since: floor })
  return { rows, stoppedAt: rows.length < filter.limit ? floor : null }
}

/** Whether an index leads to what is wanted, or every run is. */
function isSwift({ status, attention, contactId, key, left, failed, version }: RunFilter): boolean {
  if (contactId !== null || key !== null) return true
  if (left || failed || version) return false
  return status !== 'waiting' && !(attention && status !== null)
}
