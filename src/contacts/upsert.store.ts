/**
 * Writes contacts of one workspace, many at a time.
 *
 * Before a table's first `analyze` the planner takes a workspace for tiny, and would read all
 * of it for each row given. So look-ups are lateral, one index probe per row, and updates take
 * the workspace from the rows given.
 */
import type { Json, Sql } from '../db/db.ts'
import { addGrowth } from './growth.store.ts'
import type { PlainAddress } from './normalise.ts'
import type { AddressKind } from './schema.ts'
import type { Identity } from './upsert.ts'

/** Absent: stays as it is. */
export interface Details {
  readonly name?: string | null
  readonly locale?: string | null
  readonly time_zone?: string | null
  /** Merged into what is there; null removes one. */
  readonly traits?: { readonly [key: string]: Json }
  /** Replaces all. */
  readonly tags?: string[]
}

export const identityKey = (identity: Identity) => `${identity.source} ${identity.externalId}`

/** Contact ids by identityKey. */
export async function readIdentities(
  sql: Sql,
  workspaceId: string,
  identities: readonly Identity[],
): Promise<Map<string, string>> {
  if (identities.length === 0) return new Map()
  const rows = await sql<(Identity & { contactId: string })[]>`
    select w.source, w.external_id, i.contact_id
    from unnest(
      ${identities.map((each) => each.source)}::text[],
      ${identities.map((each) => each.externalId)}::text[]
    ) as w (source, external_id)
    cross join lateral (
      select contact_id
      from contact_identities
      where workspace_id = ${workspaceId} and source = w.source and external_id = w.external_id
      limit 1
    ) i
  `
  return new Map(rows.map((row) => [identityKey(row), row.contactId]))
}

export interface Link {
  readonly kind: AddressKind
  readonly address: string
  readonly contactId: string
  /** Where the contact's ids come from. */
  readonly sources: string[]
}

const SEVERAL = 2 // contacts of one address: whoever has more has none that is meant

/**
 * Contacts that have the address, an email only when verified; of each address no more than tell
 * that it is not one contact's own: a switchboard's number may be that of thousands.
 */
export async function findLinks(
  sql: Sql,
  workspaceId: string,
  wanted: readonly { kind: AddressKind; address: string }[],
): Promise<Link[]> {
  return await sql<Link[]>`
    select w.kind, w.address, a.contact_id, array(
      select i.source
      from contact_identities i
      where i.workspace_id = ${workspaceId} and i.contact_id = a.contact_id
      order by 1
    ) as sources
    from unnest(
      ${wanted.map((each) => each.kind)}::text[],
      ${wanted.map((each) => each.address)}::text[]
    ) as w (kind, address)
    cross join lateral (
      select contact_id
      from contact_addresses a
      where workspace_id = ${workspaceId} and kind = w.kind and address = w.address
        and (kind = 'phone' or verified_at is not null)
        and (
          select c.merged_into is null
          from contacts c
          where c.workspace_id = a.workspace_id and c.id = a.contact_id
        )
      limit ${SEVERAL}
    ) a
  `
}

/** Makes the contacts whose identity nobody has; the others are left out. In the order of identities. */
export async function insertContacts(
  sql: Sql,
  workspaceId: string,
  rows: readonly { id: string; identity: Identity }[],
  now: Date,
): Promise<void> {
  if (rows.length === 0) return
  await sql`
    with made as (
      insert into contact_identities (workspace_id, source, external_id, contact_id, created_at)
      select ${workspaceId}::uuid, source, external_id, id, ${now}::timestamptz
      from unnest(
        ${rows.map((row) => row.id)}::uuid[],
        ${rows.map((row) => row.identity.source)}::text[],
        ${rows.map((row) => row.identity.externalId)}::text[]
      ) as w (id, source, external_id)
      order by source, external_id
      on conflict do nothing
      returning workspace_id, contact_id
    ), counted as (
      ${addGrowth(sql, sql`select workspace_id, ${now}::timestamptz as at, 'new' as change, 1 as n from made`)}
    )
    insert into contacts (workspace_id, id, created_at, updated_at)
    select ${workspaceId}::uuid, contact_id, ${now}::timestamptz, ${now}::timestamptz
    from made
  `
}

/** Holds the rows until the transaction ends; in the order of ids. Answers how many there are. */
export async function lockContacts(
  sql: Sql,
  workspaceId: string,
  ids: readonly string[],
): Promise<number> {
  const rows = await sql`
    select from contacts
    where workspace_id = ${workspaceId} and id = any(${ids}::uuid[])
    order by id
    for no key update
  `
  return rows.count
}

/** An identity that someone else took meanwhile stays with them. */
export async function insertIdentities(
  sql: Sql,
  workspaceId: string,
  rows: readonly (Identity & { contactId: string })[],
  now: Date,
): Promise<void> {
  await sql`
    insert into contact_identities (workspace_id, source, external_id, contact_id, created_at)
    select ${workspaceId}::uuid, source, external_id, contact_id, ${now}::timestamptz
    from unnest(
      ${rows.map((row) => row.source)}::text[],
      ${rows.map((row) => row.externalId)}::text[],
      ${rows.map((row) => row.contactId)}::uuid[]
    ) as w (source, external_id, contact_id)
    order by source, external_id
    on conflict do nothing
  `
}

export async function saveDetails(
  sql: Sql,
  workspaceId: string,
  details: ReadonlyMap<string, Details>,
  now: Date,
): Promise<void> {
  const rows = [...details].filter(([, each]) => Object.keys(each).length > 0)
  if (rows.length === 0) return
  await sql`
    update contacts c
    set
      name = case when w.d ? 'name' then w.d ->> 'name' else c.name end,
      locale = case when w.d ? 'locale' then w.d ->> 'locale' else c.locale end,
      time_zone = case when w.d ? 'time_zone' then w.d ->> 'time_zone' else c.time_zone end,
      tags = case
        when w.d ? 'tags' then array(select jsonb_array_elements_text(w.d -> 'tags'))
        else c.tags
      end,
      traits = case
        when w.d ? 'traits' then (
          select coalesce(jsonb_object_agg(t.key, t.value), '{}')
          from jsonb_each(c.traits || (w.d -> 'traits')) t
          where t.value <> 'null'
        )
        else c.traits
      end,
      updated_at = ${now}
    from (
      select workspace_id, id, text::jsonb as d
      from unnest(
        ${rows.map(() => workspaceId)}::uuid[],
        ${rows.map(([id]) => id)}::uuid[],
        ${rows.map(([, each]) => JSON.stringify(each))}::text[]
      ) as w (workspace_id, id, text)
    ) w
    where c.workspace_id = w.workspace_id and c.id = w.id
  `
}

type Marked = PlainAddress & { readonly contactId: string }

/** Makes addresses primary, the last of each contact and kind, and marks those that are proven. */
export async function markPrimary(
  sql: Sql,
  workspaceId: string,
  rows: readonly Marked[],
  now: Date,
): Promise<void> {
  const primary = rows.filter((row) => row.primary)
  const last = [...new Map(primary.map((row) => [`${row.contactId} ${row.kind}`, row])).values()]
  await sql`
    update contact_addresses a
    set is_primary = false
    from ${named(sql, workspaceId, last)}
    where a.workspace_id = w.workspace_id and a.contact_id = w.contact_id and a.kind = w.kind
      and a.is_primary and a.address <> w.address
  `
  await sql`
    update contact_addresses a
    set is_primary = true
    from ${named(sql, workspaceId, last)}
    where a.workspace_id = w.workspace_id and a.contact_id = w.contact_id and a.kind = w.kind
      and a.address = w.address and not a.is_primary
  `
  const proven = rows.filter((row) => row.verified)
  if (proven.length === 0) return
  await sql`
    update contact_addresses a
    set verified_at = ${now}
    from ${named(sql, workspaceId, proven)}
    where a.workspace_id = w.workspace_id and a.contact_id = w.contact_id and a.kind = w.kind
      and a.address = w.address and a.verified_at is null
  `
}

const named = (sql: Sql, workspaceId: string, rows: readonly Marked[]) => sql`
  unnest(
    ${rows.map(() => workspaceId)}::uuid[],
    ${rows.map((row) => row.contactId)}::uuid[],
    ${rows.map((row) => row.kind)}::text[],
    ${rows.map((row) => row.address)}::text[]
  ) as w (workspace_id, contact_id, kind, address)
`
