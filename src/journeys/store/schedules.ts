/** Journeys that begin by the clock. */
import type { Sql } from '../../db/db.ts'

/**
 * After any change of journeys: those in use are due before any time (the engine reckons the first one
 * then, and begins no run), the others lose theirs.
 */
export async function refreshSchedules(sql: Sql, workspaceId: string): Promise<void> {
  await sql`
    update journeys j
    set next_at = case when j.status = 'active' and v.definition -> 'trigger' ? 'schedule' then timestamptz '-infinity' end,
      next_version = null
    from journey_versions v
    where j.workspace_id = ${workspaceId}
      and v.workspace_id = j.workspace_id and v.journey_id = j.id and v.version = j.version
      and case when j.status = 'active' and v.definition -> 'trigger' ? 'schedule'
        then j.next_at is null or j.next_version is distinct from j.version
        else j.next_at is not null end
  `
}

export interface DueSchedule {
  readonly workspaceId: string
  readonly id: string
}

/** Whose time has come, longest ago first. */
export function findDueSchedules(sql: Sql, now: Date, limit: number) {
  return sql<DueSchedule[]>`
    select workspace_id, id from journeys
    where next_at <= ${now} and status = 'active'
    order by next_at
    limit ${limit}
  `
}

export interface ScheduledJourney {
  readonly version: number
  /** Null: not reckoned yet. */
  readonly nextAt: Date | null
}

/** Locked; undefined when another process has it in hand, or has begun its run. */
export async function lockDueSchedule(sql: Sql, { workspaceId, id }: DueSchedule, now: Date) {
  const [row] = await sql<ScheduledJourney[]>`
    select version, case when next_at > timestamptz '-infinity' and next_version = version then next_at end as next_at
    from journeys
    where workspace_id = ${workspaceId} and id = ${id} and status = 'active' and next_at <= ${now}
    for update skip locked
  `
  return row
}

export async function saveNext(
  sql: Sql,
  { workspaceId, id }: DueSchedule,
  { nextAt, version }: { nextAt: Date | null; version: number },
): Promise<void> {
  await sql`
    update journeys set next_at = ${nextAt}, next_version = ${version}
    where workspace_id = ${workspaceId} and id = ${id}
  `
}
