/** How many events a connection told, and how many of them again. */
import type { Sql } from '../../db/db.ts'

export interface EventCount {
  readonly name: string
  readonly fresh: number
  readonly again: number
}

export async function addEventCounts(
  sql: Sql,
  key: { workspaceId: string; connectionId: string },
  counts: readonly EventCount[],
  now: Date,
): Promise<void> {
  await sql`
    insert into connection_counts as c (workspace_id, connection_id, name, fresh, again, last_at)
    select ${key.workspaceId}::uuid, ${key.connectionId}::uuid, n.name, n.fresh, n.again,
      case when n.fresh > 0 then ${now}::timestamptz end
    from unnest(
      ${counts.map((each) => each.name)}::text[], ${counts.map((each) => each.fresh)}::bigint[],
      ${counts.map((each) => each.again)}::bigint[]
    ) as n (name, fresh, again)
    order by n.name
    on conflict (workspace_id, connection_id, name) do update
    set fresh = c.fresh + excluded.fresh, again = c.again + excluded.again,
      last_at = coalesce(excluded.last_at, c.last_at)
  `
}

export type EventCountRow = EventCount & {
  readonly connectionId: string
  readonly lastAt: Date | null
}

export async function listEventCounts(sql: Sql, workspaceId: string): Promise<EventCountRow[]> {
  return await sql<EventCountRow[]>`
    select connection_id, name, fresh, again, last_at from connection_counts
    where workspace_id = ${workspaceId}
  `
}
