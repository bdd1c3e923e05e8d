/** Sessions in the database, by the hash of their token. */
import type { Sql } from '../../db/db.ts'
import type { Role } from '../auth.ts'

export interface SessionRow {
  readonly tokenHash: string
  readonly memberId: string
  readonly workspaceId: string
  readonly slug: string
  readonly role: Role
  readonly createdAt: Date
  readonly seenAt: Date
  readonly expiresAt: Date
  readonly verifiedAt: Date
  readonly remembered: boolean
}

export type NewSession = Omit<
  SessionRow,
  'slug' | 'role' | 'createdAt' | 'seenAt' | 'verifiedAt'
> & {
  readonly ip: string
  readonly userAgent: string | null
}

export async function insertSession(sql: Sql, row: NewSession, now: Date): Promise<void> {
  await sql`
    insert into sessions
      (token_hash, member_id, workspace_id, created_at, seen_at, expires_at, verified_at, remembered, ip, user_agent)
    values (
      ${row.tokenHash}, ${row.memberId}, ${row.workspaceId}, ${now}, ${now}, ${row.expiresAt}, ${now},
      ${row.remembered}, ${row.ip}, ${row.userAgent}
    )
  `
}

/** With the role that its member has now. Undefined when the member was removed or switched off. Looks at no times. */
export async function findSession(sql: Sql, tokenHash: string): Promise<SessionRow | undefined> {
  const [session] = await sql<SessionRow[]>`
    select s.token_hash, s.member_id, s.workspace_id, w.slug, m.role, s.created_at, s.seen_at,
      s.expires_at, s.verified_at, s.remembered
    from sessions s
    join memberships m on m.workspace_id = s.workspace_id and m.member_id = s.member_id
    join workspaces w on w.id = s.workspace_id
    where s.token_hash = ${tokenHash} and m.is_active
  `
  return session
}

export async function markSeen(sql: Sql, tokenHash: string, now: Date): Promise<void> {
  await sql`update sessions set seen_at = ${now} where token_hash = ${tokenHash} and seen_at < ${now}`
}

/** The same session under a new token: what was overheard before is worth nothing after. */
export async function verifySession(
  sql: Sql,
  tokenHash: string,
  newHash: string,
  now: Date,
): Promise<boolean> {
  const rows = await sql`
    update sessions set token_hash = ${newHash}, verified_at = ${now}, seen_at = ${now}
    where token_hash = ${tokenHash}
  `
  return rows.count === 1
}

export async function moveSession(
  sql: Sql,
  tokenHash: string,
  workspaceId: string,
): Promise<boolean> {
  const rows =
    await sql`update sessions set workspace_id = ${workspaceId} where token_hash = ${tokenHash}`
  return rows.count === 1
}

export interface SessionSummary {
  readonly tokenHash: string
  readonly createdAt: Date
  readonly seenAt: Date
  readonly expiresAt: Date
  readonly remembered: boolean
  readonly ip: string | null
  readonly userAgent: string | null
}

/** All of a member's, in every workspace, the last used first. */
export async function listSessions(
  sql: Sql,
  memberId: string,
  now: Date,
): Promise<SessionSummary[]> {
  return await sql<SessionSummary[]>`
    select token_hash, created_at, seen_at, expires_at, remembered, ip, user_agent
    from sessions
    where member_id = ${memberId} and expires_at > ${now}
    order by seen_at desc
    limit 100
  `
}

export async function deleteSession(
  sql: Sql,
  memberId: string,
  tokenHash: string,
): Promise<boolean> {
  const rows =
    await sql`delete from sessions where member_id = ${memberId} and token_hash = ${tokenHash}`
  return rows.count === 1
}

/** All of a member's but `except`. */
export async function deleteSessionsOf(
  sql: Sql,
  memberId: string,
  except: string | null = null,
): Promise<number> {
  const rows = await sql`
    delete from sessions where member_id = ${memberId} and token_hash is distinct from ${except}
  `
  return rows.count
}

/** A member's in one workspace. */
export async function deleteSessionsIn(
  sql: Sql,
  workspaceId: string,
  memberId: string,
): Promise<number> {
  const rows =
    await sql`delete from sessions where workspace_id = ${workspaceId} and member_id = ${memberId}`
  return rows.count
}

export async function deletePastSessions(sql: Sql, now: Date): Promise<number> {
  const rows = await sql`delete from sessions where expires_at <= ${now}`
  return rows.count
}
