/** Messages that wait to be heard of, or else go by their next channel. Reads and writes rows; decides nothing. */
import { plainArray } from '../../db/arrays.ts'
import { asText, type Sql } from '../../db/db.ts'
import type { Unless } from '../schema.ts'
import type { NewRow } from './accept.ts'
import { touchLanes } from './accept.ts'

export interface Fallback {
  readonly workspaceId: string
  readonly messageId: string
  readonly channel: string
  readonly afterSeconds: number
  readonly unless: Unless
}

/** Of those that have one and a channel to go to. */
export async function insertFallbacks(sql: Sql, rows: readonly NewRow[]): Promise<void> {
  const those = rows.flatMap(({ fallback, ...row }) =>
    fallback && row.routing !== null ? [{ ...row, ...fallback }] : [],
  )
  if (those.length === 0) return
  await sql`
    insert into message_fallbacks (workspace_id, message_id, channel, after_seconds, unless, due_at)
    select workspace_id, id, channel, after_seconds, unless, due_at + make_interval(secs => after_seconds)
    from unnest(
      ${plainArray(those.map((row) => row.workspaceId))}::uuid[], ${plainArray(those.map((row) => row.id))}::uuid[],
      ${plainArray(those.map((row) => row.channel))}::text[], ${plainArray(those.map((row) => row.afterSeconds))}::int[],
      ${plainArray(those.map((row) => row.unless))}::text[], ${asText(those.map((row) => row.dueAt))}::timestamptz[]
    ) as new (workspace_id, id, channel, after_seconds, unless, due_at)
  `
}

/** Whose time is over, longest ago first. Nothing is locked: lockFallback() says whose it is. */
export function findDueFallbacks(sql: Sql, now: Date, limit: number) {
  return sql<{ workspaceId: string; messageId: string }[]>`
    select workspace_id, message_id from message_fallbacks where due_at <= ${now} order by due_at limit ${limit}
  `
}

/** Undefined when another process has settled it, or put it off. Its message is locked before. */
export async function lockFallback(
  sql: Sql,
  { workspaceId, messageId }: Pick<Fallback, 'workspaceId' | 'messageId'>,
  now: Date,
): Promise<Fallback | undefined> {
  const [row] = await sql<Fallback[]>`
    select workspace_id, message_id, channel, after_seconds, unless
    from message_fallbacks
    where workspace_id = ${workspaceId} and message_id = ${messageId} and due_at <= ${now}
    for update
  `
  return row
}

export async function endFallback(sql: Sql, { workspaceId, messageId }: Fallback): Promise<void> {
  await sql`delete from message_fallbacks where workspace_id = ${workspaceId} and message_id = ${messageId}`
}

export async function putOffFallback(
  sql: Sql,
  { workspaceId, messageId }: Fallback,
  until: Date,
  channel: string,
): Promise<void> {
  await sql`
    update message_fallbacks
    set due_at = ${until}, channel = ${channel}
    where workspace_id = ${workspaceId} and message_id = ${messageId}
  `
}

/** What came back as undeliverable does not wait for its time. Its message is locked by the caller. */
export async function hurryFallbacks(
  sql: Sql,
  messages: readonly { workspaceId: string; id: string }[],
  now: Date,
): Promise<void> {
  if (messages.length === 0) return
  await sql`
    update message_fallbacks f
    set due_at = least(f.due_at, ${now})
    from unnest(
      ${messages.map((message) => message.workspaceId)}::uuid[], ${messages.map((message) => message.id)}::uuid[]
    ) as w (workspace_id, id)
    where f.workspace_id = w.workspace_id and f.message_id = w.id
  `
}

/** When the next one falls due; undefined when none waits. */
export async function nextFallback(sql: Sql): Promise<Date | undefined> {
  const [row] = await sql<{ dueAt: Date }[]>`
    select due_at from message_fallbacks order by due_at limit 1
  `
  return row?.dueAt
}

/** Whether a person saw the message, and whether something about it was taken in that is not understood yet. */
export async function isSeen(
  sql: Sql,
  { workspaceId, messageId }: Fallback,
): Promise<{ seen: boolean; unread: boolean }> {
  const [row] = await sql<{ seen: boolean; unread: boolean }[]>`
    select
      exists (
        select from message_engagement e
        where e.workspace_id = ${workspaceId} and e.message_id = ${messageId}
          and (e.human_opens > 0 or e.human_clicks > 0 or e.replied_at is not null or e.complained_at is not null
            or e.unsubscribed_at is not null)
      ) as seen,
      exists (
        select from tracking_hits h where h.workspace_id = ${workspaceId} and strpos(h.hits, ${messageId}) > 0
      ) or exists (
        select from callbacks c where c.workspace_id = ${workspaceId} and c.status = 'received' and c.attempts = 0
      ) as unread
  `
  return row ?? { seen: false, unread: true }
}

/** Their address for a kind of channel, as whoever accepts a message chooses it. */
export async function findAddress(
  sql: Sql,
  workspaceId: string,
  contactId: string,
  kind: string,
): Promise<string | null> {
  const [row] = await sql<{ address: string }[]>`
    select address
    from contact_addresses
    where workspace_id = ${workspaceId} and contact_id = ${contactId} and kind = ${kind}
    order by is_primary desc, created_at desc, address
    limit 1
  `
  return row?.address ?? null
}

/** No other channel is left to it. The row is locked by the caller. */
export async function clearRouting(sql: Sql, workspaceId: string, id: string): Promise<void> {
  await sql`update messages set routing = null where workspace_id = ${workspaceId} and id = ${id}`
}

export interface OtherWay {
  readonly channel: string
  readonly address: string | null
  readonly senderId: string
  readonly priority: number
  readonly routing: readonly string[] | null
}

/** A message that has not gone yet goes by another way instead. The row is locked by the caller. */
export async function changeWay(
  sql: Sql,
  workspaceId: string,
  id: string,
  way: OtherWay,
  now: Date,
): Promise<void> {
  await sql`
    update messages
    set channel = ${way.channel}, address = ${way.address}, sender_id = ${way.senderId}, attempt = 0,
      routing = ${way.routing && JSON.stringify(way.routing)}::text::jsonb, due_at = ${now},
      lease = null, leased_by = null
    where workspace_id = ${workspaceId} and id = ${id}
  `
  await touchLanes(sql, [{ ...way, workspaceId, dueAt: now }])
}
