/** People who sign in, as signing in needs them, and their sessions. */
import type { Sql } from '../../db/db.ts'
import type { Role } from '../auth.ts'

export interface LoginMember {
  readonly id: string
  readonly email: string
  readonly userName: string | null
  readonly fullName: string | null
  readonly passwordHash: string | null
  readonly totpSecret: string | null
  readonly totpPending: string | null
  readonly totpLastStep: number | null
}

/** By email or user name, in any case. An email comes first. */
export async function findMemberByLogin(sql: Sql, login: string): Promise<LoginMember | undefined> {
  const [member] = await sql<LoginMember[]>`
    select id, email, user_name, full_name, password_hash, totp_secret, totp_pending, totp_last_step
    from members
    where lower(email) = lower(${login}) or lower(user_name) = lower(${login})
    order by lower(email) = lower(${login}) desc
    limit 1
  `
  return member
}

export async function findLoginMember(
  sql: Sql,
  memberId: string,
): Promise<LoginMember | undefined> {
  const [member] = await sql<LoginMember[]>`
    select id, email, user_name, full_name, password_hash, totp_secret, totp_pending, totp_last_step
    from members
    where id = ${memberId}
  `
  return member
}

export interface Membership {
  readonly workspaceId: string
  readonly slug: string
  readonly role: Role
}

/** Where the member may sign in, the longest membership first. */
export async function listMemberships(sql: Sql, memberId: string): Promise<Membership[]> {
  return await sql<Membership[]>`
    select m.workspace_id, w.slug, m.role
    from memberships m
    join workspaces w on w.id = m.workspace_id
    where m.member_id = ${memberId} and m.is_active
    order by m.created_at, m.workspace_id
  `
}

/** Only over the hash that was verified, so that it never undoes a change made meanwhile. */
export async function replacePasswordHash(
  sql: Sql,
  memberId: string,
  before: string,
  after: string,
): Promise<void> {
  await sql`update members set password_hash = ${after} where id = ${memberId} and password_hash = ${before}`
}

export async function setPasswordHash(
  sql: Sql,
  memberId: string,
  passwordHash: string,
): Promise<void> {
  await sql`update members set password_hash = ${passwordHash} where id = ${memberId}`
}

/** False when the password was changed since it was verified. Locks the member until the transaction ends. */
export async function markLoggedIn(
  sql: Sql,
  memberId: string,
  passwordHash: string | null,
  now: Date,
): Promise<boolean> {
  const rows = await sql`
    update members set last_login = ${now}
    where id = ${memberId} and password_hash is not distinct from ${passwordHash}
  `
  return rows.count === 1
}

/** False when this step or a later one was used already. */
export async function useTimeStep(sql: Sql, memberId: string, step: number): Promise<boolean> {
  const rows = await sql`
    update members set totp_last_step = ${step}
    where id = ${memberId} and totp_secret is not null and coalesce(totp_last_step, -1) < ${step}
  `
  return rows.count === 1
}

/** False when there is no such code, or no more. */
export async function useRecoveryCode(sql: Sql, memberId: string, hash: string): Promise<boolean> {
  const rows = await sql`
    update members set recovery_hashes = array_remove(recovery_hashes, ${hash})
    where id = ${memberId} and ${hash} = any(recovery_hashes)
  `
  return rows.count === 1
}

export async function setTotpPending(sql: Sql, memberId: string, sealed: string): Promise<void> {
  await sql`update members set totp_pending = ${sealed} where id = ${memberId}`
}

/** Makes the pending secret the one that counts. False when it is not pending any more. */
export async function confirmTotp(
  sql: Sql,
  memberId: string,
  confirmed: { sealed: string; step: number; recoveryHashes: readonly string[] },
): Promise<boolean> {
  const rows = await sql`
    update members
    set totp_secret = totp_pending, totp_pending = null, totp_last_step = ${confirmed.step},
      recovery_hashes = ${[...confirmed.recoveryHashes]}
    where id = ${memberId} and totp_pending = ${confirmed.sealed}
  `
  return rows.count === 1
}

export async function clearTotp(sql: Sql, memberId: string): Promise<void> {
  await sql`
    update members
    set totp_secret = null, totp_pending = null, totp_last_step = null, recovery_hashes = '{}'
    where id = ${memberId}
  `
}

export async function isUserNameTaken(
  sql: Sql,
  memberId: string,
  userName: string,
): Promise<boolean> {
  const [row] = await sql<{ taken: boolean }[]>`
    select exists (
      select from members where lower(user_name) = lower(${userName}) and id <> ${memberId}
    ) as taken
  `
  return row!.taken
}

export async function updateProfile(
  sql: Sql,
  memberId: string,
  change: { fullName: string | null | undefined; userName: string | null | undefined },
): Promise<void> {
  await sql`
    update members
    set full_name = case when ${change.fullName === undefined} then full_name else ${change.fullName ?? null} end,
      user_name = case when ${change.userName === undefined} then user_name else ${change.userName ?? null} end
    where id = ${memberId}
  `
}
