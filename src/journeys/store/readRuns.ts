/** Runs as people read them. */
import type { Sql } from '../../db/db.ts'
import { type RunRow, type RunStatus, runColumns } from './runs.ts'

export async function findRun(
  sql: Sql,
  workspaceId: string,
  id: string,
): Promise<RunRow | undefined> {
  const [row] = await sql<RunRow[]>`
    select ${runColumns(sql)} from journey_runs r where r.workspace_id = ${workspaceId} and r.id = ${id}
  `
  return row
}

export interface RunFilter {
  readonly journeyId: string
  readonly statuses: readonly RunStatus[] | null
  readonly contactId: string | null
  readonly step: string | null
  readonly attention: boolean | null
  /** Id of the last row before. */
  readonly before: string | null
  readonly limit: number
}

/** Newest first. */
export function listRuns(sql: Sql, workspaceId: string, filter: RunFilter) {
  const { statuses, contactId, step, attention, before } = filter
  return sql<RunRow[]>`
    select ${runColumns(sql)}
    from journey_runs r
    where r.workspace_id = ${workspaceId} and r.journey_id = ${filter.journeyId}
      ${statuses ? sql`and r.status = any(${[...statuses]}::text[])` : sql``}
      ${contactId ? sql`and r.contact_id = ${contactId}` : sql``}
      ${step ? sql`and r.step = ${step}` : sql``}
      ${attention ? sql`and r.attention` : sql``}
      ${before ? sql`and r.id < ${before}` : sql``}
    order by r.id desc
    limit ${filter.limit}
  `
}

/** How many runs of a journey are in each state. */
export async function countByStatus(
  sql: Sql,
  workspaceId: string,
  journeyId: string,
): Promise<Record<string, number>> {
  const rows = await sql<{ status: string; n: number }[]>`
    select status, count(*)::int as n
    from journey_runs
    where workspace_id = ${workspaceId} and journey_id = ${journeyId}
    group by status
  `
  return Object.fromEntries(rows.map((row) => [row.status, row.n]))
}

/** Runs that have not ended. */
export async function countLive(sql: Sql, workspaceId: string, journeyId: string): Promise<number> {
  const [row] = await sql<{ n: number }[]>`
    select count(*)::int as n
    from journey_runs
    where workspace_id = ${workspaceId} and journey_id = ${journeyId} and ended_at is null
  `
  return row?.n ?? 0
}
