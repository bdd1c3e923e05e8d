/** Messages that wait to be heard of, or else go by their next channel. Reads and writes rows; decides nothing. */
import { plainArray } from '../../db/arrays.ts'
import { asText, type Sql } from '../../db/db.ts'
import type { Onward, Unless } from '../schema.ts'
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
  const those = rows.flatMap((row) =>
    row.fallback && row.routing !== null ? [{ ...row, ...row.fallback }] : [],
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

/** Ends, many at once, those whose time is over and whose messages plainly need nothing more. */
export async function endFinished(sql: Sql, now: Date, limit: number): Promise<void> {
  await sql`
    with finished as (
      select f.workspace_id, f.message_id
      from message_fallbacks f
      join messages m on m.workspace_id = f.workspace_id and m.id = f.message_id
      where f.due_at <= ${now} and (
        m.status = 'delivered' and f.unless = 'delivered' or m.status in ('skipped', 'cancelled', 'expired')
        or m.routing is null
      )
      order by f.due_at
      limit ${limit}
      for update of f skip locked
    )
    delete from message_fallbacks f
    using finished
    where f.workspace_id = finished.workspace_id and f.message_id = finished.message_id
  `
}

/** A fallback that is looked at; `until` is also what shows that it is still ours. */
export interface Claim {
  readonly workspaceId: string
  readonly messageId: string
  readonly until: Date
}

/** Takes those whose time is over, longest ago first; who dies over one leaves it due again at `until`. */
export async function claimFallbacks(
  sql: Sql,
  now: Date,
  until: Date,
  limit: number,
): Promise<Claim[]> {
  const rows = await sql<Omit<Claim, 'until'>[]>`
    with due as (
      select workspace_id, message_id
      from message_fallbacks
      where due_at <= ${now}
      order by due_at
      limit ${limit}
      for update skip locked
    )
    update message_fallbacks f
    set due_at = ${until}
    from due
    where f.workspace_id = due.workspace_id and f.message_id = due.message_id
    returning f.workspace_id, f.message_id
  `
  return rows.map((row) => ({ ...row, until }))
}

/** Undefined when it is settled, or due for somebody else, by now. Its message is locked before. */
export async function lockFallback(
  sql: Sql,
  { workspaceId, messageId, until }: Claim,
): Promise<Fallback | undefined> {
  const [row] = await sql<Fallback[]>`
    select workspace_id, message_id, channel, after_seconds, unless
    from message_fallbacks
    where workspace_id = ${workspaceId} and message_id = ${messageId} and due_at = ${until}
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

/** One that could not be settled; not when it is settled or due for somebody else by now. */
export async function postponeClaim(
  sql: Sql,
  { workspaceId, messageId, until }: Claim,
  later: Date,
): Promise<void> {
  await sql`
    update message_fallbacks
    set due_at = ${later}
    where workspace_id = ${workspaceId} and message_id = ${messageId} and due_at = ${until}
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

/** Whether a person saw the message. */
export async function isSeen(sql: Sql, { workspaceId, messageId }: Fallback): Promise<boolean> {
  const rows = await sql`
    select from message_engagement e
    where e.workspace_id = ${workspaceId} and e.message_id = ${messageId}
      and (e.human_opens > 0 or e.human_clicks > 0 or e.replied_at is not null or e.complained_at is not null
        or e.unsubscribed_at is not null)
  `
  return rows.length > 0
}

/** Whether something that may be about the message came in until then and is not understood yet. */
export async function hasUnread(
  sql: Sql,
  { workspaceId, messageId }: Fallback,
  senderId: string,
  until: Date,
): Promise<boolean> {
  const [row] = await sql<{ unread: boolean }[]>`
    select exists (
        select from tracking_hits h where h.workspace_id = ${workspaceId} and strpos(h.hits, ${messageId}) > 0
      ) or exists (
        select from callbacks c
        where c.workspace_id = ${workspaceId} and c.status = 'received' and c.attempts = 0 and c.received_at <= ${until}
          and c.connection_id is null and (c.sender_id is null or c.sender_id = ${senderId})
      ) as unread
  `
  return row?.unread ?? false
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

interface OtherWay {
  readonly channel: string
  readonly address: string | null
  readonly senderId: string
  readonly priority: number
  readonly routing: readonly Onward[] | null
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
    set status = 'queued', channel = ${way.channel}, address = ${way.address}, sender_id = ${way.senderId}, attempt = 0,
      routing = ${way.routing && JSON.stringify(way.routing)}::text::jsonb, due_at = ${now},
      lease = null, leased_by = null, reason = null, detail = null
    where workspace_id = ${workspaceId} and id = ${id}
  `
  await touchLanes(sql, [{ ...way, workspaceId, dueAt: now }])
}
