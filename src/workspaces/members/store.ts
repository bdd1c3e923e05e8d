/** Members of a workspace in the database. A person is one row, whatever the number of workspaces. */
import type { Sql } from '../../db/db.ts'
import { uuid7 } from '../../lib/uuid7.ts'
import type { Role } from '../auth.ts'

export interface Member {
  readonly id: string
  readonly email: string
  readonly userName: string | null
  readonly fullName: string | null
  readonly role: Role
  readonly isActive: boolean
  readonly twoFactor: boolean
  readonly lastLogin: Date | null
  readonly createdBy: string | null
  readonly createdAt: Date
}

export interface NewPerson {
  readonly email: string
  readonly userName: string | null
  readonly fullName: string | null
  readonly passwordHash: string
  readonly createdBy: string | null
}

/** Its id; undefined when email or user name are taken. */
export async function insertPerson(
  sql: Sql,
  row: NewPerson,
  now: Date,
): Promise<string | undefined> {
  const [person] = await sql<{ id: string }[]>`
    insert into members (id, email, user_name, full_name, password_hash, created_by, created_at)
    values (${uuid7()}, ${row.email}, ${row.userName}, ${row.fullName}, ${row.passwordHash}, ${row.createdBy}, ${now})
    on conflict do nothing
    returning id
  `
  return person?.id
}

/** Makes a person a member, again if need be. False when they are one already. */
export async function insertMembership(
  sql: Sql,
  workspaceId: string,
  memberId: string,
  role: Role,
  now: Date,
): Promise<boolean> {
  const rows = await sql`
    insert into memberships (workspace_id, member_id, role, created_at)
    values (${workspaceId}, ${memberId}, ${role}, ${now})
    on conflict do nothing
  `
  return rows.count === 1
}

export async function findMember(
  sql: Sql,
  workspaceId: string,
  memberId: string,
): Promise<Member | undefined> {
  const [member] = await sql<Member[]>`
    select p.id, p.email, p.user_name, p.full_name, m.role, m.is_active, p.totp_secret is not null as two_factor,
      p.last_login, p.created_by, m.created_at
    from memberships m
    join members p on p.id = m.member_id
    where m.workspace_id = ${workspaceId} and m.member_id = ${memberId}
  `
  return member
}

const FIRST = '00000000-0000-0000-0000-000000000000'

/** In the order in which people were first made. */
export async function listMembers(
  sql: Sql,
  workspaceId: string,
  { after = FIRST, limit }: { after?: string | undefined; limit: number },
): Promise<Member[]> {
  return await sql<Member[]>`
    select p.id, p.email, p.user_name, p.full_name, m.role, m.is_active, p.totp_secret is not null as two_factor,
      p.last_login, p.created_by, m.created_at
    from memberships m
    join members p on p.id = m.member_id
    where m.workspace_id = ${workspaceId} and m.member_id > ${after}
    order by m.member_id
    limit ${limit}
  `
}

/** The addresses of those who look after the workspace: owners, then admins, who may sign in. */
export async function listKeepers(sql: Sql, workspaceId: string, limit: number): Promise<string[]> {
  const rows = await sql<{ email: string }[]>`
    select p.email
    from memberships m
    join members p on p.id = m.member_id
    where m.workspace_id = ${workspaceId} and m.is_active and m.role in ('owner', 'admin')
    order by m.role desc, m.member_id
    limit ${limit}
  `
  return rows.map(({ email }) => email)
}

export async function updateMembership(
  sql: Sql,
  workspaceId: string,
  memberId: string,
  change: { role: Role; isActive: boolean },
): Promise<void> {
  await sql`
    update memberships set role = ${change.role}, is_active = ${change.isActive}
    where workspace_id = ${workspaceId} and member_id = ${memberId}
  `
}

export async function deleteMembership(
  sql: Sql,
  workspaceId: string,
  memberId: string,
): Promise<void> {
  await sql`delete from memberships where workspace_id = ${workspaceId} and member_id = ${memberId}`
}

/** Owners who may sign in. */
export async function countOwners(sql: Sql, workspaceId: string): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count
    from memberships
    where workspace_id = ${workspaceId} and role = 'owner' and is_active
  `
  return row!.count
}

/** Is the person a member of another workspace too? */
export async function isElsewhere(
  sql: Sql,
  workspaceId: string,
  memberId: string,
): Promise<boolean> {
  const [row] = await sql<{ elsewhere: boolean }[]>`
    select exists (
      select from memberships where member_id = ${memberId} and workspace_id <> ${workspaceId}
    ) as elsewhere
  `
  return row!.elsewhere
}
