/** Drafts of journeys in the database. */
import type { Sql } from '../../db/db.ts'
import { actorName, actorNames } from '../../workspaces/actorName.store.ts'
import type { DraftDocument } from './schema.ts'

export interface DraftRow {
  readonly id: string
  readonly revision: number
  readonly basedOn: number
  readonly definition: DraftDocument
  readonly savedBy: string | null
  /** As they are called now; null: nobody of that id is there. */
  readonly savedByName: string | null
  readonly createdAt: Date
  readonly updatedAt: Date
  /** Of the journey; 0: there is none yet. */
  readonly version: number
}

type StoredRow = Omit<DraftRow, 'savedByName'>

const columns = (sql: Sql) => sql`
  d.id, d.revision, d.based_on, d.definition, d.saved_by, d.created_at, d.updated_at,
  coalesce(j.version, 0) as version
`

/** Until the transaction ends, nobody else saves, publishes or drops this draft. */
export async function lockDraft(sql: Sql, workspaceId: string, id: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`journey-draft/${workspaceId}/${id}`}, 0))`
}

export async function findDraft(
  sql: Sql,
  workspaceId: string,
  id: string,
): Promise<DraftRow | undefined> {
  const [row] = await sql<StoredRow[]>`
    select ${columns(sql)}
    from journey_drafts d
    left join journeys j on j.workspace_id = d.workspace_id and j.id = d.id
    where d.workspace_id = ${workspaceId} and d.id = ${id}
  `
  return row && { ...row, savedByName: await actorName(sql, workspaceId, row.savedBy) }
}

/** Newest first, beginning before `before`. */
export async function listDrafts(
  sql: Sql,
  workspaceId: string,
  filter: { before: string | null; unpublished: boolean; limit: number },
): Promise<DraftRow[]> {
  const rows = await sql<StoredRow[]>`
    select ${columns(sql)}
    from journey_drafts d
    left join journeys j on j.workspace_id = d.workspace_id and j.id = d.id
    where d.workspace_id = ${workspaceId} and (${filter.before}::uuid is null or d.id < ${filter.before})
      ${filter.unpublished ? sql`and j.id is null` : sql``}
    order by d.id desc
    limit ${filter.limit}
  `
  const ids = rows.map(({ savedBy }) => savedBy)
  const names = await actorNames(sql, workspaceId, ids)
  return rows.map((row) => ({ ...row, savedByName: names.get(row.savedBy) ?? null }))
}

export type NewDraftRow = Omit<StoredRow, 'createdAt' | 'updatedAt' | 'version'>

export async function putDraft(
  sql: Sql,
  workspaceId: string,
  draft: NewDraftRow,
  now: Date,
): Promise<void> {
  await sql`
    insert into journey_drafts (workspace_id, id, revision, based_on, definition, saved_by, created_at, updated_at)
    values (${workspaceId}, ${draft.id}, ${draft.revision}, ${draft.basedOn},
      ${JSON.stringify(draft.definition)}::text::jsonb, ${draft.savedBy}, ${now}, ${now})
    on conflict (workspace_id, id) do update
    set revision = excluded.revision, based_on = excluded.based_on, definition = excluded.definition,
      saved_by = excluded.saved_by, updated_at = excluded.updated_at
  `
}

/** The journey keeps its number, so that whoever saw this draft does not take the next one for it. */
export async function deleteDraft(sql: Sql, workspaceId: string, id: string): Promise<void> {
  await sql`
    update journeys j set drafts = d.revision
    from journey_drafts d
    where j.workspace_id = ${workspaceId} and j.id = ${id} and d.workspace_id = ${workspaceId} and d.id = ${id}
  `
  await sql`delete from journey_drafts where workspace_id = ${workspaceId} and id = ${id}`
}
