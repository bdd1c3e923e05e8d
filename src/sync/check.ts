/** Asks the system over there whether a connection's settings work, and says so in plain words. */
import { inWorkspace } from '../db/db.ts'
import { AppError } from '../errors.ts'
import type { SyncDeps } from './deps.ts'
import { theirReason } from './reason.ts'
import type { CheckResult } from './schema.ts'

export async function checkConnection(
  deps: Pick<SyncDeps, 'db' | 'connections'>,
  workspaceId: string,
  id: string,
): Promise<CheckResult> {
  const connection = await inWorkspace(deps.db, workspaceId, (tx) =>
    deps.connections.find(tx, workspaceId, id),
  )
  if (!connection) throw new AppError('not_found', 'There is no such connection.')
  if (connection.fault !== null) return { ok: false, detail: connection.fault, warnings: [] }
  try {
    const context = deps.connections.context(connection)
    const { detail, warnings } = await connection.connector.check(context)
    return { ok: true, detail, warnings: [...warnings] }
  } catch (error) {
    return { ok: false, detail: theirReason(error), warnings: [] }
  }
}
