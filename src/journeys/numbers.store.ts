/** How many are where in a journey. */
import type { Sql } from '../db/db.ts'

export interface StepCount {
  readonly version: number
  readonly step: string
  readonly entered: number
  readonly gone: number
}

export function listCounts(sql: Sql, workspaceId: string, journeyId: string) {
  return sql<StepCount[]>`
    select version, step, entered, gone
    from journey_counts
    where workspace_id = ${workspaceId} and journey_id = ${journeyId}
  `
}

/** Runs that a person should look at; counted up to `most`. */
export async function countAttention(
  sql: Sql,
  workspaceId: string,
  journeyId: string,
  most: number,
): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count
    from (
      select from journey_runs
      where workspace_id = ${workspaceId} and journey_id = ${journeyId} and attention
      limit ${most}
    ) r
  `
  return row?.count ?? 0
}
