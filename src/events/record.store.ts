/** Writes events, their keys and counters. */
import { plainArray, textArray } from '../db/arrays.ts'
import type { Sql } from '../db/db.ts'
import type { CountInput, RecordedEvent } from './record.ts'

const HOUR_MS = 3_600_000

const hourOf = (at: Date) => new Date(Math.floor(at.getTime() / HOUR_MS) * HOUR_MS).toISOString()

/**
 * One statement. Keys and counters are written in their own order, so that two batches
 * wait for each other and never deadlock. Answers the ids of the events that were new.
 */
export async function writeEvents(
  sql: Sql,
  events: readonly RecordedEvent[],
  now: Date,
): Promise<'all' | Set<string>> {
  const keyed = events.some((event) => event.key !== undefined)
  const counted = events.some((event) => event.count !== undefined)
  const rows = await sql<{ id: string }[]>`
    with given as (
      select *
      from unnest(
        ${plainArray(events.map((event) => event.workspaceId))}::uuid[],
        ${plainArray(events.map((event) => event.id))}::uuid[],
        ${textArray(events.map((event) => event.name))}::text[],
        ${plainArray(events.map((event) => event.contactId))}::uuid[],
        ${plainArray(events.map((event) => event.messageId))}::uuid[],
        ${plainArray(events.map((event) => event.at))}::timestamptz[],
        ${textArray(events.map((event) => event.source))}::text[],
        ${textArray(events.map((event) => JSON.stringify(event.properties)))}::text[],
        ${textArray(events.map((event) => event.key ?? null))}::text[],
        ${plainArray(events.map((event) => (event.count ? hourOf(event.at) : null)))}::timestamptz[],
        ${textArray(events.map((event) => event.count?.channel ?? null))}::text[],
        ${textArray(events.map((event) => event.count?.metric ?? null))}::text[]
      ) as e (workspace_id, id, name, contact_id, message_id, at, source, properties, key, hour, channel, metric)
    ), ${keyed ? freshOnes(sql, now) : sql`fresh as (select * from given)`},
    ${counted ? counters(sql) : sql`none as (select)`}
    insert into events (workspace_id, id, name, contact_id, message_id, at, recorded_at, source, properties)
    select workspace_id, id, name, contact_id, message_id, at, ${now}::timestamptz, source, properties::jsonb
    from fresh
    ${keyed ? sql`returning id` : sql``}
  `
  return keyed ? new Set(rows.map((row) => row.id)) : 'all'
}

/**
 * Of several events with one key in a batch, the first by id is the one that stays. `in` behind
 * an `or` is a hashed look-up; the engine's connections join by nested loops only.
 */
const freshOnes = (sql: Sql, now: Date) => sql`
  keys as (
    insert into event_keys (workspace_id, source, key, event_id, recorded_at)
    select workspace_id, source, key, id, ${now}::timestamptz
    from given
    where key is not null
    order by workspace_id, source, key, id
    on conflict do nothing
    returning event_id
  ), fresh as (
    select *
    from given
    where key is null or id in (select event_id from keys)
  )
`

const counters = (sql: Sql) => sql`
  counted as (
    insert into counts as c (workspace_id, hour, channel, metric, n)
    select workspace_id, hour, channel, metric, count(*)
    from fresh
    where metric is not null
    group by workspace_id, hour, channel, metric
    order by workspace_id, hour, channel, metric
    on conflict (workspace_id, hour, channel, metric) do update set n = c.n + excluded.n
  )
`

export async function writeCounts(sql: Sql, rows: readonly CountInput[]): Promise<void> {
  await addCounts(sql, rows)
}

/** What adds to hourly counters, also as a part of another statement; `where` orders it behind another part. */
export function addCounts(sql: Sql, rows: readonly CountInput[], where = sql``) {
  return sql`
    insert into counts as c (workspace_id, hour, channel, metric, n)
    select workspace_id, hour, channel, metric, sum(n)
    from unnest(
      ${rows.map((row) => row.workspaceId)}::uuid[],
      ${rows.map((row) => hourOf(row.at))}::timestamptz[],
      ${rows.map((row) => row.channel)}::text[],
      ${rows.map((row) => row.metric)}::text[],
      ${rows.map((row) => row.n)}::bigint[]
    ) as r (workspace_id, hour, channel, metric, n)
    ${where}
    group by workspace_id, hour, channel, metric
    order by workspace_id, hour, channel, metric
    on conflict (workspace_id, hour, channel, metric) do update set n = c.n + excluded.n
  `
}

const KEYS_AT_ONCE = 10_000 // rows; keeps the lock and the transaction short

/** Forgets keys of all workspaces that were used before then. */
export async function deleteKeys(sql: Sql, before: Date): Promise<void> {
  for (;;) {
    const gone = await sql`
      delete from event_keys
      where (workspace_id, source, key) in (
        select workspace_id, source, key
        from event_keys
        where recorded_at < ${before}
        limit ${KEYS_AT_ONCE}
      )
    `
    if (gone.count < KEYS_AT_ONCE) return
  }
}
