/** Invitations that nobody has taken yet, in the database. They are one-time links (links.store.ts). */
import type { Sql } from '../../db/db.ts'
import type { Role } from '../auth.ts'

export interface Invitation {
  readonly id: string
  readonly email: string
  readonly role: Role
  readonly createdBy: string | null
  readonly createdAt: Date
  readonly expiresAt: Date
}

const LAST = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/** The newest first. */
export async function listInvitations(
  sql: Sql,
  workspaceId: string,
  range: { after?: string | undefined; limit: number },
  now: Date,
): Promise<Invitation[]> {
  const { after = LAST, limit } = range
  return await sql<Invitation[]>`
    select id, email, role, created_by, created_at, expires_at
    from one_time_tokens
    where workspace_id = ${workspaceId} and purpose = 'invite' and used_at is null
      and taken_back_at is null and expires_at > ${now} and id < ${after}
    order by id desc
    limit ${limit}
  `
}

/** The role that it offered; undefined when there is no such invitation, or not any more. */
export async function markTakenBack(
  sql: Sql,
  workspaceId: string,
  id: string,
  now: Date,
): Promise<Role | undefined> {
  const [invitation] = await sql<{ role: Role }[]>`
    update one_time_tokens set taken_back_at = ${now}
    where workspace_id = ${workspaceId} and id = ${id} and purpose = 'invite' and used_at is null
      and taken_back_at is null and expires_at > ${now}
    returning role
  `
  return invitation?.role
}
