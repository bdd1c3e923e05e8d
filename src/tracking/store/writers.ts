/** People by the ids that vendors know them under. */
import type { Sql } from '../../db/db.ts'

export async function findByIdentity(
  sql: Sql,
  workspaceId: string,
  source: string,
  externalId: string,
): Promise<string | null> {
  const [row] = await sql<{ contactId: string }[]>`
    select contact_id from contact_identities
    where workspace_id = ${workspaceId} and source = ${source} and external_id = ${externalId}
  `
  return row?.contactId ?? null
}

/** Whoever is written to at this number. */
export async function listByPrimaryPhone(
  sql: Sql,
  workspaceId: string,
  phone: string,
): Promise<string[]> {
  const rows = await sql<{ contactId: string }[]>`
    select contact_id from contact_addresses
    where workspace_id = ${workspaceId} and kind = 'phone' and address = ${phone} and is_primary
  `
  return rows.map(({ contactId }) => contactId)
}

/** Whoever goes by this id already keeps it. */
export async function addIdentity(
  sql: Sql,
  workspaceId: string,
  { source, externalId, contactId }: { source: string; externalId: string; contactId: string },
  now: Date,
): Promise<void> {
  await sql`
    insert into contact_identities (workspace_id, source, external_id, contact_id, created_at)
    values (${workspaceId}, ${source}, ${externalId}, ${contactId}, ${now})
    on conflict do nothing
  `
}

export interface Reached {
  readonly messageId: string
  /** Under which the vendor knows whom it reached. */
  readonly externalId: string
}

/** Where a message went is where answers come from, however the vendor spells the address that we gave. */
export async function addReached(
  sql: Sql,
  workspaceId: string,
  { source, reached }: { source: string; reached: readonly Reached[] },
  now: Date,
): Promise<void> {
  if (reached.length === 0) return
  await sql`
    insert into contact_identities (workspace_id, source, external_id, contact_id, created_at)
    select distinct on (w.external_id) m.workspace_id, ${source}, w.external_id, m.contact_id, ${now}::timestamptz
    from unnest(
      ${reached.map((each) => each.messageId)}::uuid[], ${reached.map((each) => each.externalId)}::text[]
    ) as w (message_id, external_id)
    join messages m on m.workspace_id = ${workspaceId} and m.id = w.message_id
    where m.contact_id is not null and m.address is distinct from w.external_id
    order by w.external_id
    on conflict do nothing
  `
}
