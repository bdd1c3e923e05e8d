/** How many came to a step and went on. */
import type { Sql } from '../../db/db.ts'

export interface StepCount {
  readonly workspaceId: string
  readonly journeyId: string
  readonly version: number
  readonly step: string
  entered: number
  gone: number
}

/** In one order, so that two batches wait for each other and never deadlock. */
export async function addCounts(sql: Sql, counts: readonly StepCount[]): Promise<void> {
  if (counts.length === 0) return
  await sql`
    insert into journey_counts as c (workspace_id, journey_id, version, step, entered, gone)
    select *
    from unnest(
      ${counts.map((each) => each.workspaceId)}::uuid[], ${counts.map((each) => each.journeyId)}::uuid[],
      ${counts.map((each) => each.version)}::int[], ${counts.map((each) => each.step)}::text[],
      ${counts.map((each) => each.entered)}::bigint[], ${counts.map((each) => each.gone)}::bigint[]
    ) as w (workspace_id, journey_id, version, step, entered, gone)
    order by 1, 2, 3, 4
    on conflict (workspace_id, journey_id, version, step) do update
    set entered = c.entered + excluded.entered, gone = c.gone + excluded.gone
  `
}
