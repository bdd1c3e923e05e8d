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
import { uuid7 } from '../lib/uuid7.ts'
import type { PlainAddress } from './normalise.ts'
import { addAddresses } from './resolve.ts'
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
  const all = inputs.flatMap((each) => each.identities)
  const known = await readIdentities(sql, workspaceId, all)
  const owners = inputs.map(
    (each) => new Set(each.identities.flatMap((id) => known.get(identityKey(id)) ?? [])),
  )
  const leads = leadersOf(inputs)
  const unknown = inputs.flatMap((input, at) =>
    owners[at]!.size === 0 && leads[at] === at ? [{ input, at }] : [],
  )
  const links = await findLinked(sql, workspaceId, unknown)
  const made = await makeContacts(
    sql,
    workspaceId,
    unknown.filter(({ at }) => !links.has(at)),
    now,
  )
  const answers = inputs.map((_, at): Upserted => {
    if (owners[at]!.size > 1) return { ok: false, fault: OTHER_PEOPLE }
    const lead = leads[at]!
    const [owner] = owners[at]!.size > 0 ? owners[at]! : owners[lead]!
    const id = owner ?? links.get(lead) ?? made.get(lead)!.id
    return { ok: true, id, created: at === lead && made.get(at)?.created === true }
  })
  await applyAll(sql, workspaceId, { inputs, answers }, now)
  return answers
}

const OTHER_PEOPLE = 'These ids belong to different contacts. Merge them first.'

/** For each input the first one that has an id in common with it: what holds for that one holds for it. */
function leadersOf(inputs: readonly Upsert[]): number[] {
  const first = new Map<string, number>()
  return inputs.map((input, at) => {
    const keys = input.identities.map(identityKey)
    const lead = keys.map((key) => first.get(key)).find((each) => each !== undefined) ?? at
    for (const key of keys) if (!first.has(key)) first.set(key, lead)
    return lead
  })
}

/** Someone else may be making the same contact; then theirs is the one. */
async function makeContacts(
  sql: Sql,
  workspaceId: string,
  unknown: readonly { input: Upsert; at: number }[],
  now: Date,
): Promise<Map<number, { id: string; created: boolean }>> {
  const rows = unknown.map(({ input, at }) => ({
    at,
    id: uuid7(now.getTime()),
    identity: input.identities[0]!,
  }))
  await insertContacts(sql, workspaceId, rows, now)
  const settled = await readIdentities(
    sql,
    workspaceId,
    rows.map((row) => row.identity),
  )
  return new Map(
    rows.map((row) => {
      const id = settled.get(identityKey(row.identity))!
      return [row.at, { id, created: id === row.id }]
    }),
  )
}

async function findLinked(
  sql: Sql,
  workspaceId: string,
  unknown: readonly { input: Upsert; at: number }[],
): Promise<Map<number, string>> {
  const wanted = new Map(
    unknown.flatMap(({ input }) =>
      input.addresses.filter(mayLink).map((each) => [nameOf(each), each]),
    ),
  )
  const found = wanted.size === 0 ? [] : await findLinks(sql, workspaceId, [...wanted.values()])
  const holders = Map.groupBy(found, nameOf)
  const links = new Map<number, string>()
  for (const { input, at } of unknown) {
    const sources = new Set(input.identities.map((each) => each.source))
    for (const kind of ['email', 'phone'] as const) {
      const theirs = input.addresses.filter((each) => each.kind === kind && mayLink(each))
      const candidates = theirs.flatMap((each) => holders.get(nameOf(each)) ?? [])
      const [only] = candidates
      if (!only || candidates.some(({ contactId }) => contactId !== only.contactId)) continue
      if (links.has(at) || only.sources.some((source) => sources.has(source))) continue
      links.set(at, only.contactId)
    }
  }
  return links
}

const mayLink = ({ kind, verified }: PlainAddress) =>
  kind === 'phone' || (kind === 'email' && verified)

const nameOf = ({ kind, address }: Pick<PlainAddress, 'kind' | 'address'>) => `${kind} ${address}`

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

export async function saveAddresses(
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
