/** Which events subscribers hear of, in the database. */
import type { Sql } from '../db/db.ts'

export async function replaceInterests(
  sql: Sql,
  workspaceId: string,
  subscriber: string,
  names: readonly string[],
): Promise<void> {
  await sql`
    delete from event_interests
    where workspace_id = ${workspaceId} and subscriber = ${subscriber} and name <> all(${[...names]}::text[])
  `
  await sql`
    insert into event_interests (workspace_id, subscriber, name)
    select ${workspaceId}, ${subscriber}, unnest(${[...names]}::text[])
    on conflict do nothing
  `
}
