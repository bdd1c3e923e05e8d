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
