/** Runs that are due: finding them, and taking them. */
import type { Sql } from '../../db/db.ts'
import { type RunRow, runColumns } from './runs.ts'

export interface DueJourney {
  readonly workspaceId: string
  readonly id: string
  readonly dueAt: Date
}

/** Journeys in use whose next run is due before then, and when; in turn by workspace. */
export function findDueJourneys(sql: Sql, until: Date) {
  return sql<DueJourney[]>`
    select j.workspace_id, j.id, next.due_at
    from journeys j
    cross join lateral (
      select r.due_at from journey_runs r
      where r.workspace_id = j.workspace_id and r.journey_id = j.id and r.due_at is not null
      order by r.due_at
      limit 1
    ) next
    where j.status = 'active' and next.due_at <= ${until}
  `
}

/** Locks runs that are due, longest due first and in the order they began; those that somebody else has in hand are left out. */
export function takeDue(
  sql: Sql,
  { workspaceId, id }: { workspaceId: string; id: string },
  { now, limit }: { now: Date; limit: number },
) {
  return sql<RunRow[]>`
    select ${runColumns(sql)}
    from journey_runs r
    where r.workspace_id = ${workspaceId} and r.journey_id = ${id} and r.due_at <= ${now}
    order by r.due_at, r.id
    limit ${limit}
    for update skip locked
  `
}

/** Calls of processes that died, or that nobody knows any more, are due again. Answers how many. */
export async function freeCalls(sql: Sql, dead: readonly string[], now: Date): Promise<number> {
  const freed = await sql`
    update journey_runs r
    set lease = null, leased_by = null, due_at = ${now}
    where r.lease is not null
      and (r.leased_by = any(${[...dead]}::uuid[]) or not exists (select from processes p where p.id = r.leased_by))
  `
  return freed.count
}
