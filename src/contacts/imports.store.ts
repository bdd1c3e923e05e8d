/** Imports in the database. */
import type { Json, Sql } from '../db/db.ts'
import type { ImportRow, ImportSettings, RowFailure } from './imports.schema.ts'

export async function insertImport(
  sql: Sql,
  workspaceId: string,
  { id, settings, content }: { id: string; settings: ImportSettings; content: Buffer },
  now: Date,
): Promise<void> {
  await sql`
    insert into imports (workspace_id, id, status, mapping, content, created_at)
    values (${workspaceId}, ${id}, 'queued', ${sql.json({ ...settings })}, ${content}, ${now})
  `
}

const columns = (sql: Sql) => sql`
  id, status, mapping as settings, position, created_count, updated_count, failed_count,
  failures, error, created_at, finished_at
`

export async function findImport(
  sql: Sql,
  workspaceId: string,
  id: string,
): Promise<ImportRow | undefined> {
  const [row] = await sql<ImportRow[]>`
    select ${columns(sql)} from imports where workspace_id = ${workspaceId} and id = ${id}
  `
  return row
}

/** Newest first, one more than `limit`. */
export async function listImports(
  sql: Sql,
  workspaceId: string,
  { after, limit }: { after?: string | undefined; limit: number },
): Promise<ImportRow[]> {
  return await sql<ImportRow[]>`
    select ${columns(sql)}
    from imports
    where workspace_id = ${workspaceId} ${after ? sql`and id < ${after}` : sql``}
    order by id desc
    limit ${limit + 1}
  `
}

/** The file of an import that is still to be worked on. */
export async function findContent(
  sql: Sql,
  workspaceId: string,
  id: string,
): Promise<Buffer | undefined> {
  const [row] = await sql<{ content: Buffer }[]>`
    select content
    from imports
    where workspace_id = ${workspaceId} and id = ${id} and status in ('queued', 'running') and content is not null
  `
  return row?.content
}

/**
 * Moves on from row `from` to row `to`. `moved` holds the import until the transaction ends; `past`:
 * someone else has done so already, or it has ended; `busy`: someone else is at it, which is not
 * waited for.
 */
export async function markPosition(
  sql: Sql,
  workspaceId: string,
  id: string,
  { from, to }: { from: number; to: number },
): Promise<'moved' | 'past' | 'busy'> {
  const at = sql`
    workspace_id = ${workspaceId} and id = ${id} and status in ('queued', 'running') and position = ${from}
  `
  const [row] = await sql<{ answer: 'moved' | 'past' | 'busy' }[]>`
    with free as (
      select workspace_id, id
      from imports
      where ${at}
      for update skip locked
    ),
    moved as (
      update imports i
      set status = 'running', position = ${to}
      from free
      where i.workspace_id = free.workspace_id and i.id = free.id
      returning 1
    )
    select case
      when exists (select from moved) then 'moved'
      when exists (select from imports where ${at}) then 'busy'
      else 'past'
    end as answer
  `
  return row?.answer ?? 'past'
}

/** `keep` is how many failures are kept in all; the others are only counted. */
export async function addResults(
  sql: Sql,
  workspaceId: string,
  id: string,
  results: { created: number; updated: number; failures: readonly RowFailure[]; keep: number },
): Promise<void> {
  const failures: Json = results.failures.map((each) => ({ ...each }))
  await sql`
    update imports
    set created_count = created_count + ${results.created},
      updated_count = updated_count + ${results.updated},
      failed_count = failed_count + ${results.failures.length},
      failures = case
        when jsonb_array_length(failures) < ${results.keep} then failures || ${sql.json(failures)}
        else failures
      end
    where workspace_id = ${workspaceId} and id = ${id}
  `
}

/** The end; the file is forgotten. Nothing happens to an import that has ended. */
export async function finishImport(
  sql: Sql,
  workspaceId: string,
  id: string,
  error: string | null,
  now: Date,
): Promise<void> {
  await sql`
    update imports
    set status = ${error === null ? 'done' : 'failed'}, error = ${error}, content = null, finished_at = ${now}
    where workspace_id = ${workspaceId} and id = ${id} and status in ('queued', 'running')
  `
}

/** Of all workspaces: what was begun before then and is not done. */
export async function listUnfinished(
  sql: Sql,
  before: Date,
): Promise<{ workspaceId: string; id: string }[]> {
  return await sql<{ workspaceId: string; id: string }[]>`
    select workspace_id, id
    from imports
    where status in ('queued', 'running') and created_at < ${before}
  `
}
