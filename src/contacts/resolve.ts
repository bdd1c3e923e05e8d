/**
 * From the ids that callers use to contacts, for many messages of several workspaces at
 * once: the group commit of accepted messages runs this on the engine role. A fixed number
 * of statements, whatever the number of rows.
 */
import type { Sql } from '../db/db.ts'
import { readAddresses, readContacts, writeAddresses, writeContacts } from './resolve.store.ts'
import type { AddressKind } from './schema.ts'

export interface WantedContact {
  readonly workspaceId: string
  /** external_id of source `api`. */
  readonly recipientId: string
  /** The kind of address that the channel needs; null when it needs none. */
  readonly kind: AddressKind | null
}

export interface FoundContact {
  readonly contactId: string | null
  /** The primary address of the wanted kind, else the newest; null when there is none. */
  readonly address: string | null
  readonly name: string | null
  readonly locale: string | null
  readonly timeZone: string | null
}

export interface NewContact extends WantedContact {
  readonly name?: string | null | undefined
  /** Becomes the primary address of its kind. Already normalised. */
  readonly address?: string | null | undefined
}

export interface NewAddress {
  readonly workspaceId: string
  readonly contactId: string
  readonly kind: AddressKind
  /** Already normalised. */
  readonly address: string
  readonly verifiedAt?: Date | null | undefined
}

/** A contact to be found or made; `address` overrides its own and is added to it. */
export type Wanted = NewContact
export type Resolved = FoundContact & { readonly contactId: string; readonly created: boolean }

/** One answer per row, in order; `contactId` is null where there is none. Reads only. */
export function findContacts(sql: Sql, wanted: readonly WantedContact[]): Promise<FoundContact[]> {
  return wanted.length === 0 ? Promise.resolve([]) : readContacts(sql, wanted)
}

/**
 * Makes the contacts that are missing and answers each row's contact, in order. Of several
 * makers at once one wins and all get its contact; an address given by a loser is not added.
 * The same recipient may be in several rows.
 */
export async function makeContacts(
  sql: Sql,
  rows: readonly NewContact[],
  now: Date,
): Promise<FoundContact[]> {
  if (rows.length === 0) return []
  const made = await writeContacts(sql, rows, now)
  const others = rows.filter((_, at) => made[at] === null)
  const found = others.length === 0 ? [] : await readContacts(sql, others)
  let next = 0
  return rows.map((row, at) => {
    const contactId = made[at] ?? null
    return contactId === null ? found[next++]! : justMade(row, contactId)
  })
}

const justMade = ({ kind, address, name }: NewContact, contactId: string): FoundContact => ({
  contactId,
  address: kind && address ? address : null,
  name: name || null,
  locale: null,
  timeZone: null,
})

/** The same, when no more than the ids is wanted. */
export async function createContacts(
  sql: Sql,
  rows: readonly NewContact[],
  now: Date,
): Promise<string[]> {
  const found = await makeContacts(sql, rows, now)
  return found.map((contact) => contact.contactId!) // it was there, or is now
}

/** Adds what is not there yet; primary only when it is the contact's first of its kind. */
export async function addAddresses(
  sql: Sql,
  rows: readonly NewAddress[],
  now: Date,
): Promise<void> {
  if (rows.length > 0) await writeAddresses(sql, rows, now)
}

/** Finds each contact or makes it, and adds the addresses that are new to it. One answer per row, in order. */
export async function resolveContacts(
  sql: Sql,
  wanted: readonly Wanted[],
  now: Date,
): Promise<Resolved[]> {
  const found = await findContacts(sql, wanted)
  const missing = wanted.flatMap((row, at) => (found[at]!.contactId === null ? [{ row, at }] : []))
  const ids = await createContacts(
    sql,
    missing.map(({ row }) => row),
    now,
  )
  const made = new Map(missing.map(({ at }, index) => [at, ids[index]!]))
  const resolved = wanted.map((row, at) => {
    const contact = found[at]!
    const contactId = contact.contactId ?? made.get(at)!
    return { ...contact, contactId, address: row.address ?? contact.address, created: made.has(at) }
  })
  await addNewAddresses(sql, { wanted, found, resolved }, now)
  return resolved
}

/** Also for contacts just made: another maker may have won, with another address. */
async function addNewAddresses(
  sql: Sql,
  rows: {
    wanted: readonly Wanted[]
    found: readonly FoundContact[]
    resolved: readonly Resolved[]
  },
  now: Date,
): Promise<void> {
  const missing = rows.wanted.flatMap((row, at): NewAddress[] => {
    const { kind, address, workspaceId } = row
    if (!kind || !address || rows.found[at]!.address === address) return []
    return [{ workspaceId, contactId: rows.resolved[at]!.contactId, kind, address }]
  })
  if (missing.length === 0) return
  const known = await readAddresses(sql, missing)
  await addAddresses(
    sql,
    missing.filter((_, at) => !known.has(at)),
    now,
  )
}
