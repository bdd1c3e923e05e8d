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

/** Where runs of a version stood when they failed; the newest `most` are looked at. */
export async function countFailed(
  sql: Sql,
  workspaceId: string,
  journey: { id: string; version: number },
  most: number,
): Promise<Map<string, number>> {
  const rows = await sql<{ step: string; count: number }[]>`
    select failed_step as step, count(*)::int as count
    from (
      select failed_step, version from journey_runs
      where workspace_id = ${workspaceId} and journey_id = ${journey.id} and status = 'failed' and status <> 'waiting'
      order by id desc
      limit ${most}
    ) r
    where version = ${journey.version} and failed_step is not null
    group by failed_step
  `
  return new Map(rows.map(({ step, count }) => [step, count]))
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
