/** Workspaces in the database. One of the few tables without a workspace of its own. */
import { randomBytes } from 'node:crypto'
import type { Sql } from '../db/db.ts'
import { uuid7 } from '../lib/uuid7.ts'

export interface Workspace {
  readonly id: string
  /** Its public number, in tracking tokens. */
  readonly number: number
  readonly slug: string
  readonly name: string
  readonly timeZone: string
  readonly locale: string
  readonly defaultCountry: string | null
  /** Messages that it may hand in per second; null: no limit. */
  readonly acceptPerSecond: number | null
  /** Tracked mail has a hidden link, which only machines follow. */
  readonly honeypotLink: boolean
  readonly createdAt: Date
}

export interface NewWorkspace {
  readonly slug: string
  readonly name: string
  readonly timeZone: string
  readonly locale: string
  readonly defaultCountry: string | null
}

export type WorkspaceChange = Partial<
  Omit<NewWorkspace, 'slug'> & Pick<Workspace, 'acceptPerSecond' | 'honeypotLink'>
>

const PEPPER_BYTES = 32

/** Undefined when the slug is taken. */
export async function insertWorkspace(
  sql: Sql,
  row: NewWorkspace,
  now: Date,
): Promise<Workspace | undefined> {
  const [workspace] = await sql<Workspace[]>`
    insert into workspaces (id, slug, name, time_zone, locale, default_country, pepper, created_at)
    values (
      ${uuid7()}, ${row.slug}, ${row.name}, ${row.timeZone}, ${row.locale}, ${row.defaultCountry},
      ${randomBytes(PEPPER_BYTES)}, ${now}
    )
    on conflict (slug) do nothing
    returning id, number, slug, name, time_zone, locale, default_country, accept_per_second, honeypot_link, created_at
  `
  return workspace
}

export async function findWorkspaceById(sql: Sql, id: string): Promise<Workspace | undefined> {
  const [workspace] = await sql<Workspace[]>`
    select id, number, slug, name, time_zone, locale, default_country, accept_per_second, honeypot_link, created_at
    from workspaces
    where id = ${id}
  `
  return workspace
}

export async function findWorkspaceBySlug(sql: Sql, slug: string): Promise<Workspace | undefined> {
  const [workspace] = await sql<Workspace[]>`
    select id, number, slug, name, time_zone, locale, default_country, accept_per_second, honeypot_link, created_at
    from workspaces
    where slug = ${slug}
  `
  return workspace
}

const FIRST = '00000000-0000-0000-0000-000000000000'

/** Oldest first. */
export async function listWorkspaces(
  sql: Sql,
  { after = FIRST, limit }: { after?: string | undefined; limit: number },
): Promise<Workspace[]> {
  return await sql<Workspace[]>`
    select id, number, slug, name, time_zone, locale, default_country, accept_per_second, honeypot_link, created_at
    from workspaces
    where id > ${after}
    order by id
    limit ${limit}
  `
}

/** Those that the member owns, oldest first. */
export async function listOwned(
  sql: Sql,
  memberId: string,
  { after = FIRST, limit }: { after?: string | undefined; limit: number },
): Promise<Workspace[]> {
  return await sql<Workspace[]>`
    select w.id, w.number, w.slug, w.name, w.time_zone, w.locale, w.default_country, w.accept_per_second,
      w.honeypot_link, w.created_at
    from memberships m
    join workspaces w on w.id = m.workspace_id
    where m.member_id = ${memberId} and m.role = 'owner' and m.is_active and w.id > ${after}
    order by w.id
    limit ${limit}
  `
}

/** Undefined when there is no such workspace. */
export async function updateWorkspace(
  sql: Sql,
  id: string,
  change: WorkspaceChange,
): Promise<Workspace | undefined> {
  const country = change.defaultCountry === undefined
  const rate = change.acceptPerSecond === undefined
  const [workspace] = await sql<Workspace[]>`
    update workspaces
    set name = coalesce(${change.name ?? null}, name),
      time_zone = coalesce(${change.timeZone ?? null}, time_zone),
      locale = coalesce(${change.locale ?? null}, locale),
      default_country = case when ${country} then default_country else ${change.defaultCountry ?? null} end,
      accept_per_second = case when ${rate} then accept_per_second else ${change.acceptPerSecond ?? null}::int end,
      honeypot_link = coalesce(${change.honeypotLink ?? null}, honeypot_link)
    where id = ${id}
    returning id, number, slug, name, time_zone, locale, default_country, accept_per_second, honeypot_link, created_at
  `
  return workspace
}

/** Orders changes that concern the workspace as a whole, such as who its owners are. */
export async function lockWorkspace(sql: Sql, id: string): Promise<void> {
  await sql`select from workspaces where id = ${id} for no key update`
}

/** Turns the rest of the transaction to another workspace. Answers which one it was for. */
export async function enterWorkspace(sql: Sql, id: string): Promise<string> {
  const [row] = await sql<{ before: string | null }[]>`
    select current_setting('app.workspace_id', true) as before
  `
  await sql`select set_config('app.workspace_id', ${id}, true)`
  return row?.before ?? ''
}
