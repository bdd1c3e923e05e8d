/** Pace and reply window of each pair of sender and recipient, shared by all processes. */
import { asText, type Sql } from '../../db/db.ts'

export interface Pair {
  readonly workspaceId: string
  readonly senderId: string
  readonly address: string
}

export interface Conversation extends Pair {
  readonly inboundAt: Date | null
  /** Null: at any time. */
  readonly nextSendAt: Date | null
  readonly restsUntil: Date | null
}

/** Makes those that are missing and locks all until the transaction ends, in one order. */
export async function lockConversations(sql: Sql, pairs: readonly Pair[]): Promise<Conversation[]> {
  if (pairs.length === 0) return []
  const workspaces = pairs.map((pair) => pair.workspaceId)
  const senders = pairs.map((pair) => pair.senderId)
  const addresses = pairs.map((pair) => pair.address)
  await sql`
    insert into conversations (workspace_id, sender_id, address)
    select distinct * from unnest(${workspaces}::uuid[], ${senders}::uuid[], ${addresses}::text[])
    order by 1, 2, 3
    on conflict do nothing
  `
  return await sql<Conversation[]>`
    select workspace_id, sender_id, address, inbound_at, nullif(next_send_at, '-infinity') as next_send_at, rests_until
    from conversations
    where (workspace_id, sender_id, address) in (
      select * from unnest(${workspaces}::uuid[], ${senders}::uuid[], ${addresses}::text[])
    )
    order by workspace_id, sender_id, address
    for update
  `
}

/** The rows are locked by lockConversations. */
export async function saveNextSends(
  sql: Sql,
  turns: readonly (Pair & { nextSendAt: Date })[],
): Promise<void> {
  if (turns.length === 0) return
  await sql`
    update conversations c
    set next_send_at = w.next_send_at
    from unnest(
      ${turns.map((turn) => turn.workspaceId)}::uuid[], ${turns.map((turn) => turn.senderId)}::uuid[],
      ${turns.map((turn) => turn.address)}::text[], ${asText(turns.map((turn) => turn.nextSendAt))}::timestamptz[]
    ) as w (workspace_id, sender_id, address, next_send_at)
    where c.workspace_id = w.workspace_id and c.sender_id = w.sender_id and c.address = w.address
  `
}

/** The vendor found us too fast: 4 seconds, 16, 64 and so on, until one goes through. */
export async function slowDown(sql: Sql, pair: Pair, now: Date): Promise<void> {
  await sql`
    insert into conversations as c (workspace_id, sender_id, address, slowed, next_send_at)
    values (${pair.workspaceId}, ${pair.senderId}, ${pair.address}, 1, ${now}::timestamptz + interval '4 seconds')
    on conflict (workspace_id, sender_id, address) do update
    set slowed = least(c.slowed + 1, 5),
      next_send_at = greatest(c.next_send_at, ${now}::timestamptz + power(4, least(c.slowed + 1, 5)) * interval '1 second')
  `
}

export async function endSlowness(sql: Sql, pair: Pair): Promise<void> {
  await sql`
    update conversations set slowed = 0
    where workspace_id = ${pair.workspaceId} and sender_id = ${pair.senderId} and address = ${pair.address} and slowed > 0
  `
}

export async function rest(sql: Sql, pair: Pair, until: Date): Promise<void> {
  await sql`
    insert into conversations as c (workspace_id, sender_id, address, rests_until)
    values (${pair.workspaceId}, ${pair.senderId}, ${pair.address}, ${until})
    on conflict (workspace_id, sender_id, address) do update
    set rests_until = greatest(c.rests_until, excluded.rests_until)
  `
}

/** They wrote to us. What they wrote earlier changes nothing. */
export async function noteInbound(sql: Sql, pair: Pair, at: Date): Promise<void> {
  await sql`
    insert into conversations as c (workspace_id, sender_id, address, inbound_at)
    values (${pair.workspaceId}, ${pair.senderId}, ${pair.address}, ${at})
    on conflict (workspace_id, sender_id, address) do update
    set inbound_at = greatest(c.inbound_at, excluded.inbound_at)
  `
}

/** The vendor says that they have not written lately. False when we did not believe that they had. */
export async function closeWindow(sql: Sql, pair: Pair): Promise<boolean> {
  const rows = await sql`
    update conversations set inbound_at = null
    where workspace_id = ${pair.workspaceId} and sender_id = ${pair.senderId} and address = ${pair.address}
      and inbound_at is not null
    returning address
  `
  return rows.length > 0
}
