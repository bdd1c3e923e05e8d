/** One contact made or changed by one request. */
import type { Sql } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { faulty, readAddressInputs } from './normalise.ts'
import { readDetails, readUpsert } from './readUpsert.ts'
import type { ContactInput, ContactPatch } from './schema.ts'
import { lockContacts, saveDetails } from './upsert.store.ts'
import { saveAddresses, upsertContacts } from './upsert.ts'

/** One request's contact; raises the 422 that names what is wrong with it. */
export async function upsertContact(
  sql: Sql,
  workspaceId: string,
  { input, country }: { input: ContactInput; country: string | null },
  now: Date,
): Promise<{ id: string; created: boolean }> {
  const read = readUpsert(input, country)
  if ('errors' in read) throw faulty(read.errors)
  const [answer] = await upsertContacts(sql, workspaceId, [read], now)
  if (answer?.ok) return answer
  throw new AppError('conflict', answer?.fault)
}

/** Changes a contact by its own id. Raises `not_found`. */
export async function updateContact(
  sql: Sql,
  workspaceId: string,
  { id, patch, country }: { id: string; patch: ContactPatch; country: string | null },
  now: Date,
): Promise<void> {
  const { addresses, errors } = readAddressInputs(patch, country)
  if (errors.length > 0) throw faulty(errors)
  if ((await lockContacts(sql, workspaceId, [id])) === 0) throw new AppError('not_found')
  await saveDetails(sql, workspaceId, new Map([[id, readDetails(patch)]]), now)
  await saveAddresses(sql, workspaceId, [{ contactId: id, addresses }], now)
}
