/** Writes what was noted: together, and where the database refuses one, in halves until only that one is left out. */
import type { Logger } from 'pino'
import type { Sql } from '../../db/db.ts'
import { isRefusal } from '../../db/refusal.ts'
import type { Entry } from './keep.ts'
import { insertRequests } from './store.ts'

/** Raises when the database cannot be reached; then all may be written again. */
export async function writeRequests(
  { sql, log }: { readonly sql: Sql; readonly log: Pick<Logger, 'warn'> },
  entries: readonly Entry[],
): Promise<void> {
  try {
    await insertRequests(sql, entries)
  } catch (error) {
    if (!isRefusal(error)) throw error
    const middle = entries.length >> 1
    if (middle === 0) {
      // What the database says of a row it refuses has the row in it.
      log.warn({ request: entries[0]?.id, code: error.code }, 'a request could not be noted')
      return
    }
    await writeRequests({ sql, log }, entries.slice(0, middle))
    await writeRequests({ sql, log }, entries.slice(middle))
  }
}
