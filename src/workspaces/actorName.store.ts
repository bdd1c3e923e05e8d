/** What people call who did something: a member's name, or that of an API key. */
import type { Sql } from '../db/db.ts'
import { isUuid } from '../lib/uuid7.ts'

/** Null when nobody of that id is there. */
export async function actorName(
  sql: Sql,
  workspaceId: string,
  id: string | null,
): Promise<string | null> {
  if (id === null || !isUuid(id)) return null
  const [row] = await sql<{ name: string }[]>`
    select coalesce(nullif(p.full_name, ''), p.email) as name
    from memberships m
    join members p on p.id = m.member_id
    where m.workspace_id = ${workspaceId} and m.member_id = ${id}
    union all
    select name from api_keys where workspace_id = ${workspaceId} and id = ${id}
    limit 1
  `
  return row?.name ?? null
}
