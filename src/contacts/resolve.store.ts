/** Contacts, ids and addresses of several workspaces in one statement each. */
import { plainArray, textArray } from '../db/arrays.ts'
import type { Sql } from '../db/db.ts'
import { uuid7 } from '../lib/uuid7.ts'
import { addGrowth } from './growth.store.ts'
import type { FoundContact, NewAddress, NewContact, WantedContact } from './resolve.ts'

/**
 * One row per wanted one, in order. Each look-up is lateral and limited: whatever the planner
 * believes of a young table, it then has to go through the whole key of an index.
 */
export async function readContacts(
  sql: Sql,
  wanted: readonly WantedContact[],
): Promise<FoundContact[]> {
  return await sql<FoundContact[]>`
    select i.contact_id, a.address, c.name, c.locale, c.time_zone
    from unnest(
      ${plainArray(wanted.map((row) => row.workspaceId))}::uuid[],
      ${textArray(wanted.map((row) => row.recipientId))}::text[],
      ${plainArray(wanted.map((row) => row.kind))}::text[]
    ) with ordinality as w (workspace_id, external_id, kind, n)
    left join lateral (
      select i.contact_id
      from contact_identities i
      where i.workspace_id = w.workspace_id and i.source = 'api' and i.external_id = w.external_id
      limit 1
    ) i on true
    left join lateral (
      select c.name, c.locale, c.time_zone
      from contacts c
      where c.workspace_id = w.workspace_id and c.id = i.contact_id
      limit 1
    ) c on true
    left join lateral (
      select a.address
      from contact_addresses a
      where a.workspace_id = w.workspace_id and a.contact_id = i.contact_id and a.kind = w.kind
      order by a.is_primary desc, a.created_at desc, a.address
      limit 1
    ) a on true
    order by w.n
  `
}

/**
 * The id of `api` decides who makes a contact: whoever inserts it first also inserts the
 * contact and its address; everybody else inserts nothing. In the order of the ids, so
 * that two batches never wait for each other. Answers the id of each contact that was made,
 * and null where there was one.
 */
export async function writeContacts(
  sql: Sql,
  rows: readonly NewContact[],
  now: Date,
): Promise<(string | null)[]> {
  const ids = rows.map(() => uuid7(now.getTime()))
  const made = await sql<{ contactId: string }[]>`
    with made as (
      insert into contact_identities (workspace_id, source, external_id, contact_id, created_at)
      select workspace_id, 'api', external_id, contact_id, ${now}::timestamptz
      from unnest(
        ${plainArray(rows.map((row) => row.workspaceId))}::uuid[],
        ${textArray(rows.map((row) => row.recipientId))}::text[],
        ${plainArray(ids)}::uuid[]
      ) as w (workspace_id, external_id, contact_id)
      order by workspace_id, external_id
      on conflict do nothing
      returning workspace_id, contact_id
    ), people as (
      insert into contacts (workspace_id, id, created_at, updated_at)
      select workspace_id, contact_id, ${now}::timestamptz, ${now}::timestamptz
      from made
    ), counted as (
      ${addGrowth(sql, sql`select workspace_id, ${now}::timestamptz as at, 'new' as change, 1 as n from made`)}
    )
    select contact_id from made
  `
  const won = new Set(made.map((row) => row.contactId))
  const first = rows.flatMap((row, at) => {
    const contactId = ids[at]!
    if (!won.has(contactId) || !row.kind || !row.address) return []
    return [{ workspaceId: row.workspaceId, contactId, kind: row.kind, address: row.address }]
  })
  if (first.length > 0) await writeFirstAddresses(sql, first, now)
  const named = rows.flatMap((row, at) =>
    row.name && won.has(ids[at]!) ? [{ ...row, id: ids[at]!, name: row.name }] : [],
  )
  if (named.length > 0) await writeNames(sql, named)
  return ids.map((id) => (won.has(id) ? id : null))
}

async function writeNames(
  sql: Sql,
  rows: readonly { workspaceId: string; id: string; name: string }[],
): Promise<void> {
  await sql`
    update contacts c
    set name = w.name
    from unnest(
      ${rows.map((row) => row.workspaceId)}::uuid[],
      ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.name)}::text[]
    ) as w (workspace_id, id, name)
    where c.workspace_id = w.workspace_id and c.id = w.id
  `
}

/** Of contacts that were made in this transaction, so nobody else can be adding any. */
async function writeFirstAddresses(
  sql: Sql,
  rows: readonly NewAddress[],
  now: Date,
): Promise<void> {
  await sql`
    insert into contact_addresses (workspace_id, contact_id, kind, address, is_primary, created_at)
    select *, true, ${now}::timestamptz
    from unnest(
      ${plainArray(rows.map((row) => row.workspaceId))}::uuid[],
      ${plainArray(rows.map((row) => row.contactId))}::uuid[],
      ${plainArray(rows.map((row) => row.kind))}::text[],
      ${textArray(rows.map((row) => row.address))}::text[]
    )
  `
}

/** The places in `rows` of those that the contact has already. */
export async function readAddresses(sql: Sql, rows: readonly NewAddress[]): Promise<Set<number>> {
  const known = await sql<{ n: number }[]>`
    select (w.n - 1)::int as n
    from unnest(
      ${rows.map((row) => row.workspaceId)}::uuid[],
      ${rows.map((row) => row.contactId)}::uuid[],
      ${rows.map((row) => row.kind)}::text[],
      ${rows.map((row) => row.address)}::text[]
    ) with ordinality as w (workspace_id, contact_id, kind, address, n)
    join contact_addresses a
      on a.workspace_id = w.workspace_id and a.contact_id = w.contact_id
      and a.kind = w.kind and a.address = w.address
  `
  return new Set(known.map((row) => row.n))
}

/**
 * The first statement adds a primary address where the contact has none of that kind, and
 * nothing where someone else does so at the same time; the second adds the others.
 */
export async function writeAddresses(
  sql: Sql,
  rows: readonly NewAddress[],
  now: Date,
): Promise<void> {
  const wanted = sql`
    unnest(
      ${rows.map((row) => row.workspaceId)}::uuid[],
      ${rows.map((row) => row.contactId)}::uuid[],
      ${rows.map((row) => row.kind)}::text[],
      ${rows.map((row) => row.address)}::text[],
      ${rows.map((row) => row.verifiedAt?.toISOString() ?? null)}::timestamptz[]
    ) with ordinality as w (workspace_id, contact_id, kind, address, verified_at, n)
  `
  const columns = sql`workspace_id, contact_id, kind, address, is_primary, verified_at, created_at`
  await sql`
    insert into contact_addresses (${columns})
    select distinct on (workspace_id, contact_id, kind)
      workspace_id, contact_id, kind, address, true, verified_at, ${now}::timestamptz
    from ${wanted}
    where not exists (
      select from contact_addresses a
      where a.workspace_id = w.workspace_id and a.contact_id = w.contact_id and a.kind = w.kind and a.is_primary
    )
    order by workspace_id, contact_id, kind, n
    on conflict do nothing
  `
  await sql`
    insert into contact_addresses (${columns})
    select workspace_id, contact_id, kind, address, false, verified_at, ${now}::timestamptz
    from ${wanted}
    order by workspace_id, contact_id, kind, address
    on conflict do nothing
  `
}
