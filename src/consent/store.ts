/** Suppressions, consents and topics in the database. Reads and writes rows; decides nothing. */
import { addGrowth } from '../contacts/growth.store.ts'
import type { AddressKind } from '../contacts/schema.ts'
import type { Sql } from '../db/db.ts'
import { AppError } from '../errors.ts'
import type { RecordedConsent } from './record.ts'
import type { ConsentState, Suppression, SuppressionReason, Topic, TopicInput } from './schema.ts'
import type { SuppressInput } from './suppress.ts'

const ALL = '*'

/** Raises `not_found` when there is no such workspace. */
export async function readPepper(sql: Sql, workspaceId: string): Promise<Buffer> {
  const [row] = await sql<{ pepper: Buffer }[]>`
    select pepper from workspaces where id = ${workspaceId}
  `
  if (!row) throw new AppError('not_found')
  return row.pepper
}

/** `rows` by hash. Answers how many were not in force before. */
export async function saveSuppressions(
  sql: Sql,
  workspaceId: string,
  rows: ReadonlyMap<string, SuppressInput>,
  now: Date,
): Promise<number> {
  const inputs = [...rows].sort(([a], [b]) => (a < b ? -1 : 1))
  const [row] = await sql<{ added: number }[]>`
    with given as (
      select *
      from unnest(
        ${inputs.map(([, input]) => input.kind)}::text[],
        ${inputs.map(([hash]) => hash)}::text[],
        ${inputs.map(([, input]) => (input.reason === 'erased' ? null : input.address))}::text[],
        ${inputs.map(([, input]) => input.reason)}::text[],
        ${inputs.map(([, input]) => input.source)}::text[],
        ${inputs.map(([, input]) => input.detail ?? null)}::text[],
        ${inputs.map(([, input]) => input.expiresAt?.toISOString() ?? null)}::timestamptz[]
      ) as g (kind, address_hash, address, reason, source, detail, expires_at)
    ), before as (
      select g.kind, g.address_hash
      from given g
      join suppressions s
        on s.workspace_id = ${workspaceId} and s.kind = g.kind and s.address_hash = g.address_hash
        and (s.expires_at is null or s.expires_at > ${now})
    ), saved as (
      insert into suppressions as s (workspace_id, kind, address_hash, address, reason, source, detail, expires_at, created_at)
      select ${workspaceId}::uuid, kind, address_hash, address, reason, source, detail, expires_at, ${now}::timestamptz
      from given
      order by kind, address_hash
      on conflict (workspace_id, kind, address_hash) do update
      set address = excluded.address, reason = excluded.reason, source = excluded.source,
        detail = excluded.detail, expires_at = excluded.expires_at, created_at = excluded.created_at
      where s.reason <> 'erased'
        and (excluded.reason = 'erased' or excluded.expires_at is null and s.expires_at is not null or excluded.expires_at > s.expires_at)
    )
    select (select count(*) from given)::int - (select count(*) from before)::int as added
  `
  return row?.added ?? 0
}

export async function deleteSuppression(
  sql: Sql,
  workspaceId: string,
  kind: AddressKind,
  hash: string,
): Promise<boolean> {
  const gone = await sql`
    delete from suppressions
    where workspace_id = ${workspaceId} and kind = ${kind} and address_hash = ${hash}
  `
  return gone.count > 0
}

export async function findSuppression(
  sql: Sql,
  workspaceId: string,
  { kind, hash }: { kind: AddressKind; hash: string },
  now: Date,
): Promise<Suppression | undefined> {
  const [suppression] = await sql<Suppression[]>`
    select kind, address_hash, address, reason, source, detail, expires_at, created_at
    from suppressions
    where workspace_id = ${workspaceId} and kind = ${kind} and address_hash = ${hash}
      and (expires_at is null or expires_at > ${now})
  `
  return suppression
}

export interface SuppressionFilter {
  readonly kind?: AddressKind | undefined
  readonly reason?: SuppressionReason | undefined
  /** Of one address. */
  readonly hash?: string | undefined
  /** The last row before: its time and its hash, a blank between. */
  readonly after?: string | undefined
  readonly limit: number
}

/** Newest first, one more than `limit`; those that have expired are left out. */
export async function listSuppressions(
  sql: Sql,
  workspaceId: string,
  { kind, reason, hash: own, after, limit }: SuppressionFilter,
  now: Date,
): Promise<Suppression[]> {
  const [at, hash] = after?.split(' ') ?? []
  return await sql<Suppression[]>`
    select kind, address_hash, address, reason, source, detail, expires_at, created_at
    from suppressions
    where workspace_id = ${workspaceId}
      and (expires_at is null or expires_at > ${now})
      ${kind ? sql`and kind = ${kind}` : sql``}
      ${reason ? sql`and reason = ${reason}` : sql``}
      ${own ? sql`and address_hash = ${own}` : sql``}
      ${at && hash ? sql`and (created_at, address_hash) < (${at}, ${hash})` : sql``}
    order by created_at desc, address_hash desc
    limit ${limit + 1}
  `
}

/** Appends to the ledger and moves the last word forward, never back. A no beats a yes of the same time. */
export async function saveConsents(
  sql: Sql,
  workspaceId: string,
  consents: readonly RecordedConsent[],
): Promise<void> {
  const whoLeft = sql`
    select s.workspace_id, s.at, case when s.granted then 'returned' else 'unsubscribed' end as change, 1 as n
    from saved s
    join contacts c on c.workspace_id = s.workspace_id and c.id = s.contact_id and c.merged_into is null
    left join before b on b.contact_id = s.contact_id
    where s.topic = ${ALL} and s.channel = ${ALL} and s.granted <> coalesce(b.granted, true)
      and (s.fresh or b.contact_id is not null) -- else somebody else said it first, at the same time
  `
  await sql`
    with given as (
      select *
      from unnest(
        ${consents.map((each) => each.id)}::uuid[],
        ${consents.map((each) => each.contactId)}::uuid[],
        ${consents.map((each) => each.topic)}::text[],
        ${consents.map((each) => each.channel)}::text[],
        ${consents.map((each) => String(each.granted))}::text[],
        ${consents.map((each) => each.source)}::text[],
        ${consents.map((each) => JSON.stringify(each.proof))}::text[],
        ${consents.map((each) => each.at.toISOString())}::timestamptz[]
      ) as g (id, contact_id, topic, channel, granted, source, proof, at)
    ), before as (
      select s.contact_id, s.granted
      from consent_states s
      where s.workspace_id = ${workspaceId} and s.topic = ${ALL} and s.channel = ${ALL}
        and s.contact_id in (select contact_id from given where topic = ${ALL} and channel = ${ALL})
      order by s.contact_id
      for update
    ), ledger as (
      insert into consents (workspace_id, id, contact_id, topic, channel, granted, source, proof, at)
      select ${workspaceId}::uuid, id, contact_id, topic, channel, granted::boolean, source, proof::jsonb, at
      from given
    ), saved as (
      insert into consent_states as s (workspace_id, contact_id, topic, channel, granted, at)
      select distinct on (contact_id, topic, channel)
        ${workspaceId}::uuid, contact_id, topic, channel, granted::boolean, at
      from given
      where (select count(*) from before) >= 0
      order by contact_id, topic, channel, at desc, granted::boolean
      on conflict (workspace_id, contact_id, topic, channel) do update
      set granted = excluded.granted, at = excluded.at
      where excluded.at > s.at or excluded.at = s.at and not excluded.granted
      returning s.*, s.xmax = 0 as fresh
    )
    ${addGrowth(sql, whoLeft)}
  `
}

/** Newest first, one more than `limit`. `after` is the id of the last row before. */
export async function listConsents(
  sql: Sql,
  workspaceId: string,
  contactIds: readonly string[],
  { after, limit }: { after?: string | undefined; limit: number },
): Promise<RecordedConsent[]> {
  return await sql<RecordedConsent[]>`
    select id, contact_id, topic, channel, granted, source, proof, at
    from consents
    where workspace_id = ${workspaceId} and contact_id = any(${contactIds}::uuid[])
      ${after ? sql`and id < ${after}` : sql``}
    order by id desc
    limit ${limit + 1}
  `
}

export async function listConsentStates(
  sql: Sql,
  workspaceId: string,
  contactId: string,
): Promise<ConsentState[]> {
  return await sql<ConsentState[]>`
    select topic, channel, granted, at
    from consent_states
    where workspace_id = ${workspaceId} and contact_id = ${contactId}
    order by topic, channel
  `
}

export async function listTopics(sql: Sql, workspaceId: string): Promise<Topic[]> {
  return await sql<Topic[]>`
    select key, name, kind, on_unknown, created_at
    from topics
    where workspace_id = ${workspaceId}
    order by key
  `
}

/** Makes a topic, or changes the one of that key. */
export async function saveTopic(
  sql: Sql,
  workspaceId: string,
  topic: TopicInput,
  now: Date,
): Promise<Topic> {
  const [saved] = await sql<Topic[]>`
    insert into topics (workspace_id, key, name, kind, on_unknown, created_at)
    values (${workspaceId}, ${topic.key}, ${topic.name ?? topic.key}, ${topic.kind}, ${topic.on_unknown ?? null}, ${now})
    on conflict (workspace_id, key) do update
    set name = excluded.name, kind = excluded.kind, on_unknown = excluded.on_unknown
    returning key, name, kind, on_unknown, created_at
  `
  return saved!
}
