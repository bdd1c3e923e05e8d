/** Templates as paths name them; raises `not_found` where the store answers nothing. */
import type { Sql } from '../db/db.ts'
import { AppError } from '../errors.ts'
import {
  findTemplate,
  findVersion,
  lockTemplate,
  type TemplateRow,
  type VersionRow,
} from './store.ts'

/** By id or by its unique name. */
export async function getTemplate(
  sql: Sql,
  workspaceId: string,
  idOrName: string,
): Promise<TemplateRow> {
  const row = await findTemplate(sql, workspaceId, idOrName)
  if (!row) throw new AppError('not_found', 'There is no such template.')
  return row
}

/** Writers of one template wait for each other here. */
export async function lockForChange(
  tx: Sql,
  workspaceId: string,
  idOrName: string,
): Promise<TemplateRow> {
  const { id } = await getTemplate(tx, workspaceId, idOrName)
  const row = await lockTemplate(tx, workspaceId, id)
  if (!row) throw new AppError('not_found', 'There is no such template.')
  return row
}

export async function getVersion(
  sql: Sql,
  workspaceId: string,
  templateId: string,
  version: number,
): Promise<VersionRow> {
  const row = await findVersion(sql, workspaceId, templateId, version)
  if (!row) throw new AppError('not_found', `The template has no version ${version}.`)
  return row
}

/** The version in use, with its template. */
export async function getCurrent(
  sql: Sql,
  workspaceId: string,
  idOrName: string,
): Promise<VersionRow & { readonly row: TemplateRow }> {
  const row = await getTemplate(sql, workspaceId, idOrName)
  return { ...(await getVersion(sql, workspaceId, row.id, row.version)), row }
}
