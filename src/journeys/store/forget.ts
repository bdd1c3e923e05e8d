/** Runs of people who are exported or erased. */
import type { Sql } from '../../db/db.ts'
import { type RunRow, runColumns } from './runs.ts'

/** Live ones, locked. */
export function lockAllOf(sql: Sql, workspaceId: string, contactIds: readonly string[]) {
  return sql<RunRow[]>`
    select ${runColumns(sql)}
    from journey_runs r
    where r.workspace_id = ${workspaceId} and r.contact_id = any(${[...contactIds]}::uuid[]) and r.ended_at is null
    order by r.id
    for update
  `
}

/** The key goes too: it may be made of what is personal. */
export async function eraseFacts(
  sql: Sql,
  workspaceId: string,
  contactIds: readonly string[],
): Promise<void> {
  const theirs = [...contactIds]
  await sql`
    delete from journey_keys k
    using journey_runs r
    where r.workspace_id = ${workspaceId} and r.contact_id = any(${theirs}::uuid[])
      and k.workspace_id = r.workspace_id and k.journey_id = r.journey_id and k.key = r.key
  `
  await sql`
    update journey_runs
    set event = '{}', results = '{}', key = id::text, detail = null
    where workspace_id = ${workspaceId} and contact_id = any(${theirs}::uuid[])
  `
}

export async function listRunsOf(
  sql: Sql,
  workspaceId: string,
  contactIds: readonly string[],
): Promise<Record<string, unknown>[]> {
  const rows = await sql`
    select r.id, j.name as journey, r.status, r.event, r.results, r.exit_reason, r.started_at, r.ended_at
    from journey_runs r
    join journeys j on j.workspace_id = r.workspace_id and j.id = r.journey_id
    where r.workspace_id = ${workspaceId} and r.contact_id = any(${[...contactIds]}::uuid[])
    order by r.id
  `
  return rows.map((row) => ({ ...row }))
}
