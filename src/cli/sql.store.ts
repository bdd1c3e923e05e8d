/** A question of the operator's own, in a transaction that reads only. */
import { connect, type DatabaseAddress, hasRoles } from '../db/db.ts'

const TIMEOUT_MS = 60_000
const CHUNK = 500 // rows

/** One statement; `workspaceId` null sees all workspaces. Stops reading after `limit` rows. */
export async function ask(
  address: DatabaseAddress,
  { query, workspaceId, limit }: { query: string; workspaceId: string | null; limit: number },
): Promise<Record<string, unknown>[]> {
  const role = workspaceId === null ? 'beckon_engine' : 'beckon_app'
  const sql = connect(address, {
    max: 1,
    transform: { undefined: null }, // columns keep their names
    connection: {
      application_name: 'beckon sql',
      statement_timeout: TIMEOUT_MS,
      ...((await hasRoles(address)) ? { role } : { 'app.role': role }),
      'app.workspace_id': workspaceId ?? '',
    },
  })
  try {
    const rows: Record<string, unknown>[] = []
    await sql.begin('read only', async (tx) => {
      // A cursor makes the driver prepare the text, which refuses a second statement in it.
      for await (const chunk of tx.unsafe(query).cursor(CHUNK)) {
        rows.push(...chunk.slice(0, limit - rows.length))
        if (rows.length >= limit) break
      }
    })
    return rows
  } finally {
    await sql.end({ timeout: 1 })
  }
}
