/** Contacts as the API names and shows them; raises `not_found` where the store answers nothing. */
import type { Sql } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { type ContactView, contactView } from './schema.ts'
import { findContact, findContactId } from './store.ts'

/** Our id of what a path or body names: our id, or an external id of source `api`. */
export async function getContactId(sql: Sql, workspaceId: string, ref: string): Promise<string> {
  const id = await findContactId(sql, workspaceId, ref)
  if (id === undefined) throw new AppError('not_found', 'There is no such contact.')
  return id
}

/** `id` is our own. */
export async function getContactView(
  sql: Sql,
  workspaceId: string,
  id: string,
): Promise<ContactView> {
  const found = await findContact(sql, workspaceId, id)
  if (!found) throw new AppError('not_found', 'There is no such contact.')
  return contactView(found)
}
