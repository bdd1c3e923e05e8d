/** What people call who did something: a member's name, or that of an API key. */
import type { Sql } from '../db/db.ts'
import { isUuid } from '../lib/uuid7.ts'

/** Null when nobody of that id is there. */
export async function actorName(
  sql: Sql,
  workspaceId: string,
  id: string | null,
): Promise<string | null> {
  return (await actorNames(sql, workspaceId, [id])).get(id) ?? null
}

/** By their ids, of those who are there. */
export async function actorNames(
  sql: Sql,
  workspaceId: string,
  ids: readonly (string | null)[],
): Promise<ReadonlyMap<string | null, string>> {
  const known = [...new Set(ids)].filter((id) => id !== null)
  if (known.length === 0) return new Map()
  const rows = await sql<{ id: string; name: string }[]>`
    select m.member_id::text as id, coalesce(nullif(p.full_name, ''), p.email) as name
    from memberships m
    join members p on p.id = m.member_id
    where m.workspace_id = ${workspaceId} and m.member_id = any(${known.filter(isUuid)}::uuid[])
    union all
    select id, name from api_keys where workspace_id = ${workspaceId} and id = any(${known}::text[])
  `
  return new Map(rows.map(({ id, name }) => [id, name]))
}
