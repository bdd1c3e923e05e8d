/** How journeys are: for metrics and `beckon doctor`. */
import type { Sql } from '../db/db.ts'

const MOST = 100_000 // runs counted

/** Runs of journeys in use that a person should look at. */
export async function countRunsInNeed(sql: Sql): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count
    from (
      select from journey_runs r
      join journeys j on j.workspace_id = r.workspace_id and j.id = r.journey_id and j.status <> 'archived'
      where r.attention
      limit ${MOST}
    ) r
  `
  return row?.count ?? 0
}

export interface LateJourney {
  readonly workspace: string
  readonly name: string
  /** Of its run that has been due for longest. */
  readonly dueAt: Date
}

/** Journeys with runs that were due before then, longest due first. */
export function listLateJourneys(sql: Sql, before: Date, limit: number) {
  return sql<LateJourney[]>`
    select w.slug as workspace, j.name, next.due_at
    from journeys j
    join workspaces w on w.id = j.workspace_id
    cross join lateral (
      select r.due_at from journey_runs r
      where r.workspace_id = j.workspace_id and r.journey_id = j.id and r.due_at is not null
      order by r.due_at
      limit 1
    ) next
    where j.status = 'active' and next.due_at < ${before}
    order by next.due_at
    limit ${limit}
  `
}

export interface NeedyJourney {
  readonly workspace: string
  readonly name: string
  readonly runs: number
  /** One of them at least can be taken up again: it failed, and not by a step that ends it. */
  readonly retriable: boolean
  /** Of the newest of them. */
  readonly reason: string | null
}

/** Journeys with runs that a person should look at. */
export function listJourneysInNeed(sql: Sql, limit: number) {
  return sql<NeedyJourney[]>`
    select w.slug as workspace, j.name, found.runs, found.retriable, found.reason
    from journeys j
    join workspaces w on w.id = j.workspace_id
    cross join lateral (
      select count(*)::int as runs, (array_agg(coalesce(r.detail, r.exit_reason) order by r.id desc))[1] as reason,
        coalesce(bool_or(r.status = 'failed' and exists (
          select
          from journey_versions v, jsonb_array_elements(v.definition->'steps') step
          where v.workspace_id = j.workspace_id and v.journey_id = j.id and v.version = r.version
            and step->>'id' = r.failed_step and step->>'type' <> 'exit'
        )), false) as retriable
      from (
        select id, version, status, failed_step, detail, exit_reason from journey_runs
        where workspace_id = j.workspace_id and journey_id = j.id and attention
        order by id desc
        limit 1000
      ) r
    ) found
    where j.status <> 'archived' and found.runs > 0
    order by found.runs desc, j.name
    limit ${limit}
  `
}
