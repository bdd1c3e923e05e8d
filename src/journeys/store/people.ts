/** What journeys know of contacts. */
import type { Sql } from '../../db/db.ts'

export interface Person {
  /** As the run names them; they may have been merged since. */
  readonly start: string
  readonly id: string
  readonly name: string | null
  readonly locale: string | null
  readonly timeZone: string | null
  readonly traits: Readonly<Record<string, unknown>>
  readonly tags: readonly string[]
  readonly externalId: string | null
  readonly email: string | null
  readonly phone: string | null
  readonly push: string | null
  /** By which WhatsApp knows somebody whose number it does not tell. */
  readonly whatsappId: string | null
}

/** By the id that was asked for; erased ones are absent. */
export async function readPeople(
  sql: Sql,
  workspaceId: string,
  ids: readonly string[],
): Promise<Map<string, Person>> {
  if (ids.length === 0) return new Map()
  const rows = await sql<Person[]>`
    with recursive chain as (
      select c.id as start, c.id, c.merged_into
      from unnest(${[...new Set(ids)]}::uuid[]) as w (id)
      join contacts c on c.workspace_id = ${workspaceId} and c.id = w.id
      union
      select chain.start, c.id, c.merged_into
      from chain
      join contacts c on c.workspace_id = ${workspaceId} and c.id = chain.merged_into
    )
    select chain.start, c.id, c.name, c.locale, c.time_zone, c.traits, c.tags,
      (
        select i.external_id from contact_identities i
        where i.workspace_id = c.workspace_id and i.contact_id = c.id and i.source = 'api'
        order by i.created_at, i.external_id limit 1
      ) as external_id,
      ${address(sql, 'email')} as email,
      ${address(sql, 'phone')} as phone,
      ${address(sql, 'push')} as push,
      (
        select i.external_id from contact_identities i
        where i.workspace_id = c.workspace_id and i.contact_id = c.id and i.source = 'whatsapp'
          and i.external_id ~ '^[A-Z]{2}[.]'
        order by i.created_at desc, i.external_id limit 1
      ) as whatsapp_id
    from chain
    join contacts c on c.workspace_id = ${workspaceId} and c.id = chain.id
    where chain.merged_into is null
  `
  return new Map(rows.map((row) => [row.start, row]))
}

/** The primary one, else the newest: what a message would go to. */
const address = (sql: Sql, kind: 'email' | 'phone' | 'push') => sql`(
  select a.address from contact_addresses a
  where a.workspace_id = c.workspace_id and a.contact_id = c.id and a.kind = ${kind}
  order by a.is_primary desc, a.created_at desc limit 1
)`
