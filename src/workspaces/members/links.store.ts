/** One-time links in the database, by the hash of their token. */
import type { Sql } from '../../db/db.ts'
import { uuid7 } from '../../lib/uuid7.ts'
import type { Role } from '../auth.ts'

export type Purpose = 'setup' | 'invite' | 'reset'

export interface Link {
  readonly workspaceId: string
  readonly memberId: string | null
  readonly role: Role | null
  readonly email: string | null
  readonly createdBy: string | null
}

/** Its id. */
export async function insertLink(
  sql: Sql,
  link: Link & { purpose: Purpose; tokenHash: string; expiresAt: Date },
  now: Date,
): Promise<string> {
  const id = uuid7()
  await sql`
    insert into one_time_tokens
      (token_hash, id, purpose, workspace_id, member_id, role, email, created_by, created_at, expires_at)
    values (
      ${link.tokenHash}, ${id}, ${link.purpose}, ${link.workspaceId}, ${link.memberId}, ${link.role}, ${link.email},
      ${link.createdBy}, ${now}, ${link.expiresAt}
    )
  `
  return id
}

/** Without using it, and whether it was taken back. Undefined when it is unknown, used or past. */
export async function findLink(
  sql: Sql,
  purpose: Purpose,
  tokenHash: string,
  now: Date,
): Promise<(Link & { takenBackAt: Date | null }) | undefined> {
  const [link] = await sql<(Link & { takenBackAt: Date | null })[]>`
    select workspace_id, member_id, role, email, created_by, taken_back_at
    from one_time_tokens
    where token_hash = ${tokenHash} and purpose = ${purpose} and used_at is null and expires_at > ${now}
  `
  return link
}

/** Uses it up. False when someone else was quicker, or it was taken back. */
export async function useLink(
  sql: Sql,
  purpose: Purpose,
  tokenHash: string,
  now: Date,
): Promise<boolean> {
  const rows = await sql`
    update one_time_tokens set used_at = ${now}
    where token_hash = ${tokenHash} and purpose = ${purpose} and used_at is null and taken_back_at is null
      and expires_at > ${now}
  `
  return rows.count === 1
}

/**
 * Earlier links for the same: only the latest one works. One that was taken back still says so.
 * Answers those that worked until now.
 */
export async function dropLinks(
  sql: Sql,
  workspaceId: string,
  same: { purpose: Purpose; email: string | null; memberId: string | null },
  now: Date,
): Promise<{ id: string; role: Role | null }[]> {
  const dropped = await sql<{ id: string; role: Role | null; open: boolean }[]>`
    delete from one_time_tokens
    where workspace_id = ${workspaceId} and purpose = ${same.purpose} and used_at is null and taken_back_at is null
      and lower(email) is not distinct from lower(${same.email}::text)
      and member_id is not distinct from ${same.memberId}::uuid
    returning id, role, expires_at > ${now} as open
  `
  return dropped.filter(({ open }) => open)
}

/** Forgets links that nobody can use any more. */
export async function deletePastLinks(sql: Sql, now: Date): Promise<number> {
  const rows =
    await sql`delete from one_time_tokens where expires_at <= ${now} or used_at is not null`
  return rows.count
}
