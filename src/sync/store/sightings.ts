/** Opens at companies, kept for days, so that several at once from one network show. */
import { asText, type Json, type Sql } from '../../db/db.ts'

export interface Sighting {
  readonly openKey: string
  readonly emailId: string
  readonly company: string
  readonly network: string
  readonly at: Date
  readonly properties: { readonly [key: string]: Json | undefined }
}

/** Two transactions that see opens of one network come one after the other. */
export async function lockNetworks(
  sql: Sql,
  workspaceId: string,
  names: readonly string[],
): Promise<void> {
  const keys = [...new Set(names.map((name) => `open_sightings/${workspaceId}/${name}`))].sort()
  for (const key of keys) await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`
}

export async function writeSightings(
  sql: Sql,
  place: { workspaceId: string; source: string },
  rows: readonly Sighting[],
  now: Date,
): Promise<void> {
  await sql`
    insert into open_sightings (workspace_id, source, open_key, email_id, company, network, at, recorded_at, properties)
    select ${place.workspaceId}::uuid, ${place.source}, s.open_key, s.email_id, s.company, s.network, s.at, ${now}::timestamptz, s.properties::jsonb
    from unnest(
      ${rows.map((row) => row.openKey)}::text[], ${rows.map((row) => row.emailId)}::text[],
      ${rows.map((row) => row.company)}::text[], ${rows.map((row) => row.network)}::text[],
      ${asText(rows.map((row) => row.at))}::timestamptz[],
      ${rows.map((row) => JSON.stringify(row.properties))}::text[]
    ) as s (open_key, email_id, company, network, at, properties)
    on conflict (workspace_id, source, open_key) do nothing
  `
}

/** Of one company and network, within `seconds` before and after any of `times`; oldest first. */
export async function findAround(
  sql: Sql,
  place: { workspaceId: string; source: string },
  { company, network }: Pick<Sighting, 'company' | 'network'>,
  { times, seconds, limit }: { times: readonly Date[]; seconds: number; limit: number },
): Promise<Sighting[]> {
  return await sql<Sighting[]>`
    select distinct on (s.at, s.open_key) s.open_key, s.email_id, s.company, s.network, s.at, s.properties
    from unnest(${asText(times)}::timestamptz[]) as t (at)
    join open_sightings s on s.workspace_id = ${place.workspaceId} and s.source = ${place.source}
      and s.company = ${company} and s.network = ${network}
      and s.at between t.at - ${seconds} * interval '1 second' and t.at + ${seconds} * interval '1 second'
    order by s.at, s.open_key
    limit ${limit}
  `
}

export async function forgetSightings(sql: Sql, workspaceId: string, before: Date): Promise<void> {
  await sql`
    delete from open_sightings where workspace_id = ${workspaceId} and recorded_at < ${before}
  `
}
