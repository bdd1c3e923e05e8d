/** The demo's workspace in the database: whether there is one, and its end. */
import type postgres from 'postgres'
import type { Sql } from '../../db/db.ts'

/** When the demo of this workspace was begun; undefined: it is no demo. By the audit log, which nothing shortens. */
export async function findBeginning(
  tx: Sql,
  workspaceId: string,
  action: string,
): Promise<Date | undefined> {
  const [row] = await tx<{ at: Date }[]>`
    select at from audit_entries where workspace_id = ${workspaceId} and action = ${action} order by seq limit 1
  `
  return row?.at
}

/**
 * Deletes a workspace and every row that has its id, in the caller's transaction, as the owner. Row
 * level security binds the owner too: what nothing refers to goes as beckon_engine, events as the
 * owner (policy `forgetting`), all else with the workspace, because references see every row.
 */
export async function deleteWorkspace(
  tx: postgres.TransactionSql,
  workspaceId: string,
  home: string,
): Promise<void> {
  await tx`select set_config('app.workspace_id', ${workspaceId}, true), set_config('app.role', 'beckon_engine', true)`
  // Whoever looks at the demo right now is at home again.
  await tx`
    update sessions s set workspace_id = ${home}
    where s.workspace_id = ${workspaceId}
      and exists (select from memberships m where m.workspace_id = ${home} and m.member_id = s.member_id)
  `
  await tx`delete from workspaces where id = ${workspaceId}`
  await tx`delete from events where workspace_id = ${workspaceId}`
  const [roles] = await tx<{ there: boolean }[]>`select has_roles() as there`
  if (roles?.there) await tx`set local role beckon_engine`
  for (const table of unreferenced)
    await tx`delete from ${tx(table)} where workspace_id = ${workspaceId}`
}

/** Tables whose rows do not go with their workspace. */
const unreferenced = [
  ...['messages', 'message_engagement', 'engagements', 'tracking_hits', 'callbacks'],
] as const
