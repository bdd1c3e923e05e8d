/**
 * Takes out what has been kept for its time. The ids of messages and callbacks begin with
 * the time at which they were made, so the primary keys find the oldest of each workspace
 * and no index has to be kept for this.
 */
import type { Sql } from '../../db/db.ts'

/** Of messages and hits that are both older. What they added up to stays. Answers how many, at most `limit`. */
export async function deleteOldEngagements(sql: Sql, before: Date, limit: number): Promise<number> {
  const rows = await sql`
    with old as (
      select e.workspace_id, e.message_id, e.event_id
      from workspaces w
      cross join lateral (
        select workspace_id, message_id, event_id
        from engagements
        where workspace_id = w.id and message_id < ${firstId(before)} and at < ${before}
        order by message_id
        limit ${limit}
      ) e
      limit ${limit}
    )
    delete from engagements e using old
    where e.workspace_id = old.workspace_id and e.message_id = old.message_id and e.event_id = old.event_id
  `
  return rows.count
}

/** Those that wait to be processed stay. Answers how many, at most `limit`. */
export async function deleteOldCallbacks(sql: Sql, before: Date, limit: number): Promise<number> {
  const rows = await sql`
    with old as (
      select c.workspace_id, c.id
      from workspaces w
      cross join lateral (
        select workspace_id, id
        from callbacks
        where workspace_id = w.id and id < ${firstId(before)} and received_at < ${before}
          and status <> 'received'
        order by id
        limit ${limit}
      ) c
      limit ${limit}
    )
    delete from callbacks c using old where c.workspace_id = old.workspace_id and c.id = old.id
  `
  return rows.count
}

/** Below every id that was made at that time or later (RFC 9562 §5.7). */
export function firstId(at: Date): string {
  const hex = Math.max(0, +at).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`
}
