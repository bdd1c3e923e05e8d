/** Contacts in the database. Reads and writes rows; decides nothing. */
import type { Sql } from '../db/db.ts'
import { addGrowth, saidNo } from './growth.store.ts'
import type { AddressKind, Contact } from './schema.ts'

/** The workspace's country for phone numbers without one; null: none. */
export async function readDefaultCountry(sql: Sql, workspaceId: string): Promise<string | null> {
  const [row] = await sql<{ defaultCountry: string | null }[]>`
    select default_country from workspaces where id = ${workspaceId}
  `
  return row?.defaultCountry ?? null
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * The contact that `ref` leads to: our id, also of one that was merged away, or an external
 * id of source `api`. Our ids come first, should an external id look like one.
 */
export async function findContactId(
  sql: Sql,
  workspaceId: string,
  ref: string,
): Promise<string | undefined> {
  if (UUID.test(ref)) {
    const found = await findContactIds(sql, workspaceId, [ref])
    if (found.size > 0) return found.get(ref.toLowerCase())
  }
  const [row] = await sql<{ contactId: string }[]>`
    select contact_id
    from contact_identities
    where workspace_id = ${workspaceId} and source = 'api' and external_id = ${ref}
  `
  return row?.contactId
}

/** Where each of our ids leads, by that id in small letters; unknown ones are left out. */
export async function findContactIds(
  sql: Sql,
  workspaceId: string,
  ids: readonly string[],
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await sql<{ start: string; id: string }[]>`
    with recursive chain as (
      select id as start, id, merged_into
      from contacts
      where workspace_id = ${workspaceId} and id = any(${ids}::uuid[])
      union
      select chain.start, c.id, c.merged_into
      from chain
      join contacts c on c.workspace_id = ${workspaceId} and c.id = chain.merged_into
    )
    select start, id from chain where merged_into is null
  `
  return new Map(rows.map((row) => [row.start, row.id]))
}

/** The contact and those that were merged into it, directly or not. */
export async function listFamily(sql: Sql, workspaceId: string, id: string): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    with recursive family as (
      select id from contacts where workspace_id = ${workspaceId} and id = ${id}
      union
      select c.id
      from family
      join contacts c on c.workspace_id = ${workspaceId} and c.merged_into = family.id
    )
    select id from family
  `
  return rows.map((row) => row.id)
}

const columns = (sql: Sql) => sql`
  c.id, c.name, c.locale, c.time_zone, c.traits, c.tags, c.created_at, c.updated_at,
  (
    select coalesce(jsonb_agg(jsonb_build_object('source', i.source, 'external_id', i.external_id)
      order by i.created_at, i.source, i.external_id), '[]')
    from contact_identities i
    where i.workspace_id = c.workspace_id and i.contact_id = c.id
  ) as identities,
  (
    select coalesce(jsonb_agg(jsonb_build_object('kind', a.kind, 'address', a.address,
      'primary', a.is_primary, 'verified_at', a.verified_at)
      order by a.kind, a.is_primary desc, a.created_at, a.address), '[]')
    from contact_addresses a
    where a.workspace_id = c.workspace_id and a.contact_id = c.id
  ) as addresses
`

/** `id` is our own, as findContactId answers it. */
export async function findContact(
  sql: Sql,
  workspaceId: string,
  id: string,
): Promise<Contact | undefined> {
  const [contact] = await sql<Contact[]>`
    select ${columns(sql)}
    from contacts c
    where c.workspace_id = ${workspaceId} and c.id = ${id}
  `
  return contact
}

export interface ContactFilter {
  /** Part of a name or address, or a whole external id. */
  readonly q?: string | undefined
  readonly tag?: string | undefined
  /** Id of the last row before. */
  readonly after?: string | undefined
  readonly limit: number
}

/** Newest first, one more than `limit`; without those that were merged away. */
export async function listContacts(
  sql: Sql,
  workspaceId: string,
  { q, tag, after, limit }: ContactFilter,
): Promise<Contact[]> {
  return await sql<Contact[]>`
    select ${columns(sql)}
    from contacts c
    where c.workspace_id = ${workspaceId} and c.merged_into is null
      ${tag ? sql`and c.tags @> array[${tag}]::text[]` : sql``}
      ${q ? matching(sql, q) : sql``}
      ${after ? sql`and c.id < ${after}` : sql``}
    order by c.id desc
    limit ${limit + 1}
  `
}

function matching(sql: Sql, q: string) {
  const part = `%${q.replace(/[\\%_]/g, '\\$&')}%`
  return sql`
    and (
      c.name ilike ${part}
      or exists (
        select from contact_identities i
        where i.workspace_id = c.workspace_id and i.contact_id = c.id and i.external_id = ${q}
      )
      or exists (
        select from contact_addresses a
        where a.workspace_id = c.workspace_id and a.contact_id = c.id and a.address ilike ${part}
      )
    )
  `
}

/** Names of all traits in use, at most `limit`, in alphabetical order. */
export async function listTraitNames(
  sql: Sql,
  workspaceId: string,
  limit: number,
): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select distinct jsonb_object_keys(traits) as name
    from contacts
    where workspace_id = ${workspaceId} and merged_into is null
    order by 1
    limit ${limit}
  `
  return rows.map((row) => row.name)
}

/** Everything that belongs to them goes too: addresses, ids, consents. Suppressions and messages stay. */
export async function deleteContacts(
  sql: Sql,
  workspaceId: string,
  ids: readonly string[],
  now: Date,
): Promise<void> {
  const left = sql`
    select workspace_id, ${now}::timestamptz as at, 'deleted' as change, 1 as n
    from gone c
    where merged_into is null and not ${saidNo(sql)}
  `
  await sql`
    with gone as (
      delete from contacts
      where workspace_id = ${workspaceId} and id = any(${ids}::uuid[])
      returning workspace_id, id, merged_into
    )
    ${addGrowth(sql, left)}
  `
}

/** What other systems call the contacts. */
export async function listExternalIds(
  sql: Sql,
  workspaceId: string,
  ids: readonly string[],
): Promise<string[]> {
  const rows = await sql<{ externalId: string }[]>`
    select distinct external_id from contact_identities
    where workspace_id = ${workspaceId} and contact_id = any(${ids}::uuid[])
  `
  return rows.map((row) => row.externalId)
}

/** All addresses of the contacts. */
export async function listAddresses(
  sql: Sql,
  workspaceId: string,
  contactIds: readonly string[],
): Promise<{ kind: AddressKind; address: string }[]> {
  return await sql<{ kind: AddressKind; address: string }[]>`
    select distinct kind, address
    from contact_addresses
    where workspace_id = ${workspaceId} and contact_id = any(${contactIds}::uuid[])
  `
}

/** False when the contact has no such address. The newest left of its kind becomes primary. */
export async function deleteAddress(
  sql: Sql,
  workspaceId: string,
  contactId: string,
  { kind, address }: { kind: AddressKind; address: string },
): Promise<boolean> {
  const gone = await sql`
    delete from contact_addresses
    where workspace_id = ${workspaceId} and contact_id = ${contactId}
      and kind = ${kind} and address = ${address}
  `
  await sql`
    update contact_addresses a
    set is_primary = true
    where workspace_id = ${workspaceId} and contact_id = ${contactId} and kind = ${kind}
      and not exists (
        select from contact_addresses p
        where p.workspace_id = a.workspace_id and p.contact_id = a.contact_id
          and p.kind = a.kind and p.is_primary
      )
      and address = (
        select n.address
        from contact_addresses n
        where n.workspace_id = a.workspace_id and n.contact_id = a.contact_id and n.kind = a.kind
        order by n.created_at desc, n.address
        limit 1
      )
  `
  return gone.count > 0
}
