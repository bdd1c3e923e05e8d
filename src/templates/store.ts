/** Templates and their versions in the database. */
import type { ChannelId } from '../channels/channel.ts'
import type { Sql } from '../db/db.ts'
import { isTaken } from '../db/refusal.ts'
import { isUuid } from '../lib/uuid7.ts'
import type { Content } from './schema.ts'
import type { DeclaredVariable } from './variables.ts'

export interface TemplateRow {
  readonly id: string
  readonly name: string
  readonly channel: ChannelId
  readonly version: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

export interface VersionRow {
  readonly templateId: string
  readonly version: number
  readonly defaultLocale: string
  readonly contents: Readonly<Record<string, Content>>
  readonly variables: readonly DeclaredVariable[]
  readonly note: string | null
  readonly createdBy: string | null
  readonly createdAt: Date
}

/** By id or by its unique name; archived ones are not found. */
export async function findTemplate(
  sql: Sql,
  workspaceId: string,
  idOrName: string,
): Promise<TemplateRow | undefined> {
  const id = isUuid(idOrName) ? idOrName : null
  const [row] = await sql<TemplateRow[]>`
    select id, name, channel, version, created_at, updated_at
    from templates
    where workspace_id = ${workspaceId} and archived_at is null
      and (id = ${id}::uuid or (name = ${idOrName} and ${id}::uuid is null))
  `
  return row
}

/** A page, newest first, beginning before `before`. */
export function listTemplates(
  sql: Sql,
  workspaceId: string,
  filter: { channel: string | null; q: string | null; before: string | null; limit: number },
) {
  return sql<TemplateRow[]>`
    select id, name, channel, version, created_at, updated_at
    from templates
    where workspace_id = ${workspaceId} and archived_at is null
      and (${filter.channel}::text is null or channel = ${filter.channel})
      and (${filter.q}::text is null or strpos(lower(name), lower(${filter.q})) > 0)
      and (${filter.before}::uuid is null or id < ${filter.before})
    order by id desc
    limit ${filter.limit}
  `
}

/** Undefined when the name is taken. */
export async function insertTemplate(
  sql: Sql,
  workspaceId: string,
  template: { id: string; name: string; channel: ChannelId },
  now: Date,
) {
  const [row] = await sql<TemplateRow[]>`
    insert into templates (workspace_id, id, name, channel, version, created_at, updated_at)
    values (${workspaceId}, ${template.id}, ${template.name}, ${template.channel}, 1, ${now}, ${now})
    on conflict do nothing
    returning id, name, channel, version, created_at, updated_at
  `
  return row
}

/** Locks the template for a new version. Undefined when it is archived. */
export async function lockTemplate(sql: Sql, workspaceId: string, id: string) {
  const [row] = await sql<TemplateRow[]>`
    select id, name, channel, version, created_at, updated_at
    from templates
    where workspace_id = ${workspaceId} and id = ${id} and archived_at is null
    for update
  `
  return row
}

export async function insertVersion(
  sql: Sql,
  workspaceId: string,
  version: VersionRow,
): Promise<void> {
  await sql`
    insert into template_versions (workspace_id, template_id, version, default_locale, contents, variables, note, created_by, created_at)
    values (${workspaceId}, ${version.templateId}, ${version.version}, ${version.defaultLocale},
      ${JSON.stringify(version.contents)}::text::jsonb, ${JSON.stringify(version.variables)}::text::jsonb,
      ${version.note}, ${version.createdBy}, ${version.createdAt})
  `
}

/** Undefined when the new name is taken; the transaction may be broken then. */
export async function putToUse(
  sql: Sql,
  workspaceId: string,
  change: { id: string; name: string; version: number },
  now: Date,
): Promise<TemplateRow | undefined> {
  try {
    const [row] = await sql<TemplateRow[]>`
      update templates
      set name = ${change.name}, version = ${change.version}, updated_at = ${now}
      where workspace_id = ${workspaceId} and id = ${change.id}
      returning id, name, channel, version, created_at, updated_at
    `
    return row
  } catch (error) {
    if (isTaken(error)) return undefined
    throw error
  }
}

export async function markArchived(sql: Sql, workspaceId: string, id: string, now: Date) {
  const [row] = await sql<{ id: string }[]>`
    update templates
    set archived_at = ${now}, name = name || ' (archived ' || id || ')'
    where workspace_id = ${workspaceId} and id = ${id} and archived_at is null
    returning id
  `
  return row
}

export async function findVersion(
  sql: Sql,
  workspaceId: string,
  templateId: string,
  version: number,
) {
  const [row] = await sql<VersionRow[]>`
    select template_id, version, default_locale, contents, variables, note, created_by, created_at
    from template_versions
    where workspace_id = ${workspaceId} and template_id = ${templateId} and version = ${version}
  `
  return row
}

export interface VersionHead {
  readonly version: number
  readonly defaultLocale: string
  readonly locales: readonly string[]
  readonly note: string | null
  readonly createdBy: string | null
  readonly createdAt: Date
}

/** Newest first, before `before`. Without their content, which may be large. */
export function listVersions(
  sql: Sql,
  workspaceId: string,
  templateId: string,
  { before, limit }: { before: number | null; limit: number },
) {
  return sql<VersionHead[]>`
    select version, default_locale, array(select jsonb_object_keys(contents)) as locales, note, created_by, created_at
    from template_versions
    where workspace_id = ${workspaceId} and template_id = ${templateId}
      and (${before}::int is null or version < ${before})
    order by version desc
    limit ${limit}
  `
}
