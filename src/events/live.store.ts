/** What was recorded lately. The primary key begins with workspace and recorded_at. */
import type { Sql } from '../db/db.ts'
import type { Event } from './store.ts'

/** Newest first, at most `limit` of them. */
export async function listRecorded(
  sql: Sql,
  workspaceId: string,
  { since, limit }: { since: Date; limit: number },
): Promise<Event[]> {
  return await sql<Event[]>`
    select id, name, contact_id, message_id, at, recorded_at, source, properties
    from events
    where workspace_id = ${workspaceId} and recorded_at > ${since}
    order by recorded_at desc, id desc
    limit ${limit}
  `
}
