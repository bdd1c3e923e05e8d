/** Contacts as they are before a connection writes, and what it last said of them. */
import type { Json, Sql } from '../../db/db.ts'

export interface ContactFields {
  readonly id: string
  readonly name: string | null
  readonly email: string | null
  readonly phone: string | null
  readonly traits: { readonly [key: string]: Json }
  readonly updatedAt: Date
}

export async function readFields(
  sql: Sql,
  workspaceId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ContactFields>> {
  const rows = await sql<ContactFields[]>`
    select c.id, c.name, c.traits, c.updated_at,
      (
        select address from contact_addresses a
        where a.workspace_id = c.workspace_id and a.contact_id = c.id and a.kind = 'email' and a.is_primary
      ) as email,
      (
        select address from contact_addresses a
        where a.workspace_id = c.workspace_id and a.contact_id = c.id and a.kind = 'phone' and a.is_primary
      ) as phone
    from contacts c
    where c.workspace_id = ${workspaceId} and c.id = any(${[...ids]}::uuid[])
  `
  return new Map(rows.map((row) => [row.id, row]))
}

/** One trial of a workspace at a time, in all processes: it holds locks that accepting messages waits for. */
export async function lockTrial(sql: Sql, workspaceId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`dry-run/${workspaceId}`}, 0))`
}

/** Marks of what was last said, by field. */
export type Marks = { readonly [field: string]: string }

type Place = { readonly workspaceId: string; readonly connectionId: string }

export async function readMarks(
  sql: Sql,
  { workspaceId, connectionId }: Place,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Marks>> {
  const rows = await sql<{ contactId: string; marks: Marks }[]>`
    select contact_id, marks from connection_readings
    where workspace_id = ${workspaceId} and connection_id = ${connectionId} and contact_id = any(${[...ids]}::uuid[])
  `
  return new Map(rows.map((row) => [row.contactId, row.marks]))
}

export async function saveMarks(
  sql: Sql,
  { workspaceId, connectionId }: Place,
  marks: ReadonlyMap<string, Marks>,
): Promise<void> {
  const rows = [...marks].sort(([a], [b]) => (a < b ? -1 : 1))
  if (rows.length === 0) return
  await sql`
    insert into connection_readings as r (workspace_id, connection_id, contact_id, marks)
    select ${workspaceId}::uuid, ${connectionId}::uuid, n.id, n.marks::jsonb
    from unnest(
      ${rows.map(([id]) => id)}::uuid[], ${rows.map(([, each]) => JSON.stringify(each))}::text[]
    ) as n (id, marks)
    on conflict (workspace_id, connection_id, contact_id) do update set marks = r.marks || excluded.marks
  `
}
