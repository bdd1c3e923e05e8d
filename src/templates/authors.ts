/** Rows of this room with the names of those who wrote them. */
import type { Sql } from '../db/db.ts'
import { actorName, actorNames } from '../workspaces/actorName.store.ts'

export async function withAuthor<R>(
  sql: Sql,
  workspaceId: string,
  id: string | null,
  row: R,
): Promise<R & { readonly author: string | null }> {
  return { ...row, author: await actorName(sql, workspaceId, id) }
}

export async function withAuthors<R extends { readonly createdBy: string | null }>(
  sql: Sql,
  workspaceId: string,
  rows: readonly R[],
): Promise<(R & { readonly author: string | null })[]> {
  const ids = rows.map(({ createdBy }) => createdBy)
  const names = await actorNames(sql, workspaceId, ids)
  return rows.map((row) => ({ ...row, author: names.get(row.createdBy) ?? null }))
}
