/** Moves what belongs to a contact to another and back. */
import type { Json, Sql } from '../db/db.ts'
import { AppError } from '../errors.ts'
import type { AddressKind } from './schema.ts'

/** A contact's own columns. */
export interface Plain {
  readonly name: string | null
  readonly locale: string | null
  readonly timeZone: string | null
  readonly traits: { readonly [key: string]: Json }
  readonly tags: string[]
}

interface Both {
  readonly workspaceId: string
  readonly keptId: string
  readonly duplicateId: string
}

type Id = { readonly source: string; readonly external_id: string }
type Address = { readonly kind: AddressKind; readonly address: string }
type Consent = {
  readonly topic: string
  readonly channel: string
  /** What the kept contact had said before; null: nothing. */
  readonly before: { readonly granted: boolean; readonly at: string } | null
  readonly after: { readonly granted: boolean; readonly at: string }
}

/** What a merge brought to the kept contact. */
export type Snapshot = {
  readonly filled: Plain
  readonly identities: readonly Id[]
  readonly addresses: readonly Address[]
  readonly consents: readonly Consent[]
}

/** Raises `not_found`, also for a contact that is merged into another. */
export async function getPlain(sql: Sql, workspaceId: string, id: string): Promise<Plain> {
  const [contact] = await sql<Plain[]>`
    select name, locale, time_zone, traits, tags
    from contacts
    where workspace_id = ${workspaceId} and id = ${id} and merged_into is null
  `
  if (!contact) throw new AppError('not_found')
  return contact
}

export async function savePlain(
  sql: Sql,
  workspaceId: string,
  id: string,
  plain: Plain,
  now: Date,
): Promise<void> {
  await sql`
    update contacts
    set name = ${plain.name}, locale = ${plain.locale}, time_zone = ${plain.timeZone},
      traits = ${sql.json(plain.traits)}, tags = ${plain.tags}::text[], updated_at = ${now}
    where workspace_id = ${workspaceId} and id = ${id}
  `
}

export async function moveIdentities(sql: Sql, both: Both): Promise<Id[]> {
  const rows = await sql<{ source: string; externalId: string }[]>`
    update contact_identities
    set contact_id = ${both.keptId}
    where workspace_id = ${both.workspaceId} and contact_id = ${both.duplicateId}
    returning source, external_id
  `
  return rows.map((row) => ({ source: row.source, external_id: row.externalId }))
}

/** Those that have moved on since stay where they are. */
export async function returnIdentities(sql: Sql, both: Both, ids: readonly Id[]): Promise<void> {
  await sql`
    update contact_identities i
    set contact_id = ${both.duplicateId}
    from unnest(
      ${ids.map((each) => each.source)}::text[],
      ${ids.map((each) => each.external_id)}::text[]
    ) as w (source, external_id)
    where i.workspace_id = ${both.workspaceId} and i.source = w.source
      and i.external_id = w.external_id and i.contact_id = ${both.keptId}
  `
}

/** Primary where the kept contact has none of that kind. Answers those that were new to it. */
export async function copyAddresses(sql: Sql, both: Both, now: Date): Promise<Address[]> {
  const rows = await sql<{ kind: AddressKind; address: string }[]>`
    insert into contact_addresses (workspace_id, contact_id, kind, address, is_primary, verified_at, created_at)
    select workspace_id, ${both.keptId}::uuid, kind, address, is_primary and not exists (
      select from contact_addresses k
      where k.workspace_id = a.workspace_id and k.contact_id = ${both.keptId} and k.kind = a.kind and k.is_primary
    ), verified_at, ${now}::timestamptz
    from contact_addresses a
    where workspace_id = ${both.workspaceId} and contact_id = ${both.duplicateId}
    on conflict do nothing
    returning kind, address
  `
  return rows.map(({ kind, address }) => ({ kind, address }))
}

export async function removeAddresses(
  sql: Sql,
  both: Both,
  addresses: readonly Address[],
): Promise<void> {
  await sql`
    delete from contact_addresses a
    using unnest(
      ${addresses.map((each) => each.kind)}::text[],
      ${addresses.map((each) => each.address)}::text[]
    ) as w (kind, address)
    where a.workspace_id = ${both.workspaceId} and a.contact_id = ${both.keptId}
      and a.kind = w.kind and a.address = w.address
  `
}

/** The newest word of either counts; of the same moment, the no. Answers what that changed. */
export async function copyConsents(sql: Sql, both: Both): Promise<Consent[]> {
  const rows = await sql<{ change: Consent }[]>`
    with newer as (
      select d.topic, d.channel, d.granted, d.at, k.granted as before_granted, k.at as before_at
      from consent_states d
      left join consent_states k
        on k.workspace_id = d.workspace_id and k.contact_id = ${both.keptId}
        and k.topic = d.topic and k.channel = d.channel
      where d.workspace_id = ${both.workspaceId} and d.contact_id = ${both.duplicateId}
        and (k.at is null or d.at > k.at or d.at = k.at and not d.granted)
    ), saved as (
      insert into consent_states (workspace_id, contact_id, topic, channel, granted, at)
      select ${both.workspaceId}::uuid, ${both.keptId}::uuid, topic, channel, granted, at
      from newer
      on conflict (workspace_id, contact_id, topic, channel) do update
      set granted = excluded.granted, at = excluded.at
    )
    select jsonb_build_object(
      'topic', topic, 'channel', channel,
      'after', jsonb_build_object('granted', granted, 'at', at),
      'before', case
        when before_at is not null then jsonb_build_object('granted', before_granted, 'at', before_at)
      end
    ) as change
    from newer
  `
  return rows.map((row) => row.change)
}

/** What the person said since the merge stays said. */
export async function restoreConsents(
  sql: Sql,
  both: Both,
  consents: readonly Consent[],
): Promise<void> {
  for (const { topic, channel, before, after } of consents) {
    const same = sql`
      workspace_id = ${both.workspaceId} and contact_id = ${both.keptId}
      and topic = ${topic} and channel = ${channel} and at = ${after.at}
    `
    if (before) {
      await sql`update consent_states set granted = ${before.granted}, at = ${before.at} where ${same}`
    } else {
      await sql`delete from consent_states where ${same}`
    }
  }
}

export async function pointTo(
  sql: Sql,
  workspaceId: string,
  id: string,
  other: string | null,
  now: Date,
): Promise<void> {
  await sql`
    update contacts
    set merged_into = ${other}, updated_at = ${now}
    where workspace_id = ${workspaceId} and id = ${id}
  `
}

export async function saveMerge(
  sql: Sql,
  { workspaceId, keptId, duplicateId }: Both,
  { id, snapshot }: { id: string; snapshot: Snapshot },
  now: Date,
): Promise<void> {
  await sql`
    insert into contact_merges (workspace_id, id, kept_id, merged_id, snapshot, merged_at)
    values (${workspaceId}, ${id}, ${keptId}, ${duplicateId}, ${sql.json({ ...snapshot, filled: { ...snapshot.filled } })}, ${now})
  `
}

/** The newest that is not undone, or the one of `duplicateId`. */
export async function findMerge(
  sql: Sql,
  workspaceId: string,
  keptId: string,
  duplicateId: string | undefined,
) {
  const [merge] = await sql<{ id: string; mergedId: string; snapshot: Snapshot }[]>`
    select id, merged_id, snapshot
    from contact_merges
    where workspace_id = ${workspaceId} and kept_id = ${keptId} and undone_at is null
      ${duplicateId ? sql`and merged_id = ${duplicateId}` : sql``}
    order by id desc
    limit 1
  `
  return merge
}

/** False when someone else undid it. */
export async function undoMerge(
  sql: Sql,
  workspaceId: string,
  id: string,
  now: Date,
): Promise<boolean> {
  const undone = await sql`
    update contact_merges
    set undone_at = ${now}
    where workspace_id = ${workspaceId} and id = ${id} and undone_at is null
  `
  return undone.count > 0
}
