/**
 * Makes contacts or changes those that are there, for one request or a thousand rows of a
 * file: a fixed number of statements either way.
 *
 * Who is meant: the contact that has one of the given ids; where none is given, the email
 * or else the phone is the id, of source `email` or `phone`. When nobody has it, a contact
 * is linked by an email that both sides call verified, or by a phone that only one contact
 * has, unless that contact goes by another id of the same source; then it is someone else
 * with the same phone. Otherwise a contact is made.
 */

import type { Sql } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { uuid7 } from '../lib/uuid7.ts'
import { faulty, type PlainAddress, readAddressInputs } from './normalise.ts'
import { addAddresses } from './resolve.ts'
import type { ContactInput, ContactPatch } from './schema.ts'
import {
  type Details,
  findLinks,
  identityKey,
  insertContacts,
  insertIdentities,
  lockContacts,
  markPrimary,
  readIdentities,
  saveDetails,
} from './upsert.store.ts'

export interface Identity {
  readonly source: string
  readonly externalId: string
}

export interface Upsert {
  /** At least one. */
  readonly identities: readonly Identity[]
  readonly details: Details
  readonly addresses: readonly PlainAddress[]
}

export type Upserted =
  | { readonly ok: true; readonly id: string; readonly created: boolean }
  | { readonly ok: false; readonly fault: string }

/** One answer per input, in order. Inputs that mean the same contact are applied one after the other. */
export async function upsertContacts(
  sql: Sql,
  workspaceId: string,
  inputs: readonly Upsert[],
  now: Date,
): Promise<Upserted[]> {
  const known = await readIdentities(
    sql,
    workspaceId,
    inputs.flatMap((each) => each.identities),
  )
  const owners = inputs.map(
    (each) => new Set(each.identities.flatMap((id) => known.get(identityKey(id)) ?? [])),
  )
  const unknown = inputs.flatMap((input, at) => (owners[at]!.size === 0 ? [{ input, at }] : []))
  const links = await findLinked(sql, workspaceId, unknown)
  const made = unknown.filter(({ at }) => !links.has(at))
  const ids = made.map(({ input }) => ({
    id: uuid7(now.getTime()),
    identity: input.identities[0]!,
  }))
  await insertContacts(sql, workspaceId, ids, now)
  const settled = await readIdentities(
    sql,
    workspaceId,
    ids.map((each) => each.identity),
  )
  const mine = new Set(ids.map((each) => each.id))
  const answers = inputs.map((input, at): Upserted => {
    if (owners[at]!.size > 1) return { ok: false, fault: OTHER_PEOPLE }
    const [owner] = owners[at]!
    const id = owner ?? links.get(at) ?? settled.get(identityKey(input.identities[0]!))!
    return { ok: true, id, created: mine.delete(id) }
  })
  await applyAll(sql, workspaceId, { inputs, answers }, now)
  return answers
}

const OTHER_PEOPLE = 'These ids belong to different contacts. Merge them first.'

async function findLinked(
  sql: Sql,
  workspaceId: string,
  unknown: readonly { input: Upsert; at: number }[],
): Promise<Map<number, string>> {
  const wanted = unknown.flatMap(({ input, at }) =>
    input.addresses
      .filter((each) => each.kind === 'phone' || (each.kind === 'email' && each.verified))
      .map(({ kind, address }) => ({ at, kind, address })),
  )
  const found = wanted.length === 0 ? [] : await findLinks(sql, workspaceId, wanted)
  const links = new Map<number, string>()
  for (const { input, at } of unknown) {
    const sources = new Set(input.identities.map((each) => each.source))
    for (const kind of ['email', 'phone'] as const) {
      const candidates = found.filter((each) => each.at === at && each.kind === kind)
      const [only, another] = candidates
      if (!only || another || links.has(at)) continue
      if (!only.sources.some((source) => sources.has(source))) links.set(at, only.contactId)
    }
  }
  return links
}

async function applyAll(
  sql: Sql,
  workspaceId: string,
  { inputs, answers }: { inputs: readonly Upsert[]; answers: readonly Upserted[] },
  now: Date,
): Promise<void> {
  const rows = inputs.flatMap((input, at) => {
    const answer = answers[at]!
    return answer.ok ? [{ ...input, contactId: answer.id }] : []
  })
  if (rows.length === 0) return
  await lockContacts(
    sql,
    workspaceId,
    rows.map((row) => row.contactId),
  )
  await insertIdentities(
    sql,
    workspaceId,
    rows.flatMap((row) => row.identities.map((each) => ({ ...each, contactId: row.contactId }))),
    now,
  )
  const details = new Map<string, Details>()
  for (const row of rows)
    details.set(row.contactId, joined(details.get(row.contactId), row.details))
  await saveDetails(sql, workspaceId, details, now)
  await saveAddresses(sql, workspaceId, rows, now)
}

/** What two changes in a row come to. */
function joined(first: Details | undefined, second: Details): Details {
  const traits = { ...first?.traits, ...second.traits }
  return { ...first, ...second, ...(Object.keys(traits).length > 0 ? { traits } : {}) }
}

async function saveAddresses(
  sql: Sql,
  workspaceId: string,
  rows: readonly { contactId: string; addresses: readonly PlainAddress[] }[],
  now: Date,
): Promise<void> {
  const all = rows.flatMap((row) =>
    row.addresses.map((each) => ({ ...each, workspaceId, contactId: row.contactId })),
  )
  await addAddresses(sql, all, now)
  const marked = all.filter((each) => each.primary || each.verified)
  if (marked.length > 0) await markPrimary(sql, workspaceId, marked, now)
}

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

/** `country` is the workspace's. */
export function readUpsert(input: ContactInput, country: string | null) {
  const { addresses, errors } = readAddressInputs(input, country)
  if (errors.length > 0) return { errors }
  const identities = [
    ...(input.external_id ? [{ source: 'api', externalId: input.external_id }] : []),
    ...(input.identities ?? []).map((each) => ({
      source: each.source,
      externalId: each.external_id,
    })),
  ]
  if (identities.length === 0) {
    const own =
      addresses.find((each) => each.kind === 'email') ??
      addresses.find((each) => each.kind === 'phone')
    if (!own)
      return {
        errors: [{ pointer: '/external_id', detail: 'Give an external_id, an email or a phone.' }],
      }
    identities.push({ source: own.kind, externalId: own.address.toLowerCase() })
  }
  return { identities, addresses, details: readDetails(input) }
}

/** Absent fields stay as they are; null empties one. */
export function readDetails({ name, locale, time_zone, traits, tags }: ContactPatch): Details {
  return {
    ...(name !== undefined ? { name } : {}),
    ...(locale !== undefined ? { locale } : {}),
    ...(time_zone !== undefined ? { time_zone } : {}),
    ...(traits !== undefined ? { traits } : {}),
    ...(tags !== undefined ? { tags: [...new Set(tags)] } : {}),
  }
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
