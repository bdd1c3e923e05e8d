/** Drafts of templates in the database: one of each template at most. */
import type { Sql } from '../db/db.ts'
import type { DraftChange } from './schema.ts'

export interface DraftHead {
  readonly templateId: string
  readonly revision: number
  readonly basedOn: number
  readonly updatedAt: Date
}

export interface DraftRow extends DraftHead {
  readonly contents: DraftChange['locales']
  readonly savedBy: string | null
}

export async function findDraft(
  sql: Sql,
  workspaceId: string,
  templateId: string,
): Promise<DraftRow | undefined> {
  const [row] = await sql<DraftRow[]>`
    select template_id, revision, based_on, contents, saved_by, updated_at
    from template_drafts
    where workspace_id = ${workspaceId} and template_id = ${templateId}
  `
  return row
}

/** Of those of these templates that have one. */
export function listDrafts(sql: Sql, workspaceId: string, templateIds: readonly string[]) {
  return sql<DraftHead[]>`
    select template_id, revision, based_on, updated_at
    from template_drafts
    where workspace_id = ${workspaceId} and template_id = any (${[...templateIds]}::uuid[])
  `
}

/** In place of the one before, with a number of its own. Its template is to be locked. */
export async function putDraft(
  sql: Sql,
  workspaceId: string,
  draft: Omit<DraftRow, 'revision'>,
): Promise<DraftRow> {
  const [counted] = await sql<{ drafts: number }[]>`
    update templates set drafts = drafts + 1
    where workspace_id = ${workspaceId} and id = ${draft.templateId}
    returning drafts
  `
  const row = { ...draft, revision: counted!.drafts } // its template is locked, so it is there
  await sql`
    insert into template_drafts (workspace_id, template_id, revision, based_on, contents, saved_by, updated_at)
    values (${workspaceId}, ${row.templateId}, ${row.revision}, ${row.basedOn},
      ${JSON.stringify(row.contents)}::text::jsonb, ${row.savedBy}, ${row.updatedAt})
    on conflict (workspace_id, template_id) do update
    set revision = excluded.revision, based_on = excluded.based_on, contents = excluded.contents,
      saved_by = excluded.saved_by, updated_at = excluded.updated_at
  `
  return row
}

export async function deleteDraft(
  sql: Sql,
  workspaceId: string,
  templateId: string,
): Promise<void> {
  await sql`
    delete from template_drafts
    where workspace_id = ${workspaceId} and template_id = ${templateId}
  `
}
