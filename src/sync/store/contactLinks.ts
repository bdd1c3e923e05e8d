/** What connectors brought of a contact. */
import type { Sql } from '../../db/db.ts'

export interface ToldRow {
  readonly source: string
  readonly properties: Readonly<Record<string, unknown>>
}

const NEWEST = 20 // events of each source; one of them says where the contact is looked at

/** Their newest events of each source, newest first. */
export async function listTold(
  sql: Sql,
  workspaceId: string,
  contactIds: readonly string[],
  sources: readonly string[],
): Promise<ToldRow[]> {
  return await sql<ToldRow[]>`
    select s.source, e.properties
    from unnest(${[...sources]}::text[]) as s (source)
    cross join lateral (
      select properties, at from events
      where workspace_id = ${workspaceId} and contact_id = any(${[...contactIds]}::uuid[]) and message_id is null
        and source = s.source
      order by at desc
      limit ${NEWEST}
    ) e
    order by s.source, e.at desc
  `
}
