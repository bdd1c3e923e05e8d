/** Receipts in the database: the messages they are about, and what they change. */
import type { ChannelId } from '../../channels/channel.ts'
import { asText, type Sql } from '../../db/db.ts'
import type { Status } from '../schema.ts'

export interface Hearer {
  readonly id: string
  readonly status: Status
  readonly channel: ChannelId
  readonly contactId: string | null
  readonly address: string | null
  readonly topic: string | null
  readonly sentAt: Date | null
}

/** Locked until the transaction ends, in one order. By message id; unknown ones are absent. */
export async function lockMessages(
  sql: Sql,
  refs: readonly { workspaceId: string; messageId: string }[],
): Promise<Map<string, Hearer>> {
  const rows = await sql<Hearer[]>`
    select id, status, channel, contact_id, address, topic, sent_at
    from messages m
    where (workspace_id, id) in (
      select * from unnest(${refs.map((ref) => ref.workspaceId)}::uuid[], ${refs.map((ref) => ref.messageId)}::uuid[])
    )
    order by id
    for update
  `
  return new Map(rows.map((row) => [row.id, row]))
}

/** The rows are locked by lockMessages, so the caller's comparison of ranks still holds. */
export async function raiseStatus(
  sql: Sql,
  changes: readonly { workspaceId: string; id: string; status: Status; detail: string | null }[],
  now: Date,
): Promise<void> {
  if (changes.length === 0) return
  await sql`
    update messages m
    set status = w.status, detail = coalesce(w.detail, m.detail), settled_at = ${now},
      sent_at = case when m.status = 'unknown' then coalesce(m.sent_at, m.settled_at, ${now}) else m.sent_at end,
      reason = case when w.status in ('sent', 'delivered') then null else w.status end
    from unnest(
      ${changes.map((change) => change.workspaceId)}::uuid[], ${changes.map((change) => change.id)}::uuid[],
      ${changes.map((change) => change.status)}::text[], ${changes.map((change) => change.detail)}::text[]
    ) as w (workspace_id, id, status, detail)
    where m.workspace_id = w.workspace_id and m.id = w.id
  `
}

/** Notes when a message was first answered, complained about or unsubscribed from. */
export async function noteEngagement(
  sql: Sql,
  receipts: readonly { workspaceId: string; messageId: string; kind: string; at: Date }[],
): Promise<void> {
  const noted = receipts.filter(
    ({ kind }) => kind === 'replied' || kind === 'complained' || kind === 'unsubscribed',
  )
  if (noted.length === 0) return
  await sql`
    insert into message_engagement as e (workspace_id, message_id, replied_at, complained_at, unsubscribed_at)
    select workspace_id, message_id,
      min(at) filter (where kind = 'replied'),
      min(at) filter (where kind = 'complained'),
      min(at) filter (where kind = 'unsubscribed')
    from unnest(
      ${noted.map((receipt) => receipt.workspaceId)}::uuid[], ${noted.map((receipt) => receipt.messageId)}::uuid[],
      ${noted.map((receipt) => receipt.kind)}::text[], ${asText(noted.map((receipt) => receipt.at))}::timestamptz[]
    ) as w (workspace_id, message_id, kind, at)
    group by 1, 2
    order by 1, 2
    on conflict (workspace_id, message_id) do update
    set replied_at = least(e.replied_at, excluded.replied_at),
      complained_at = least(e.complained_at, excluded.complained_at),
      unsubscribed_at = least(e.unsubscribed_at, excluded.unsubscribed_at)
  `
}

/** Our id of a message by the vendor's. */
export async function findByProviderId(
  sql: Sql,
  workspaceId: string,
  providerMessageId: string,
): Promise<string | undefined> {
  const [row] = await sql<{ id: string }[]>`
    select id from messages
    where workspace_id = ${workspaceId} and provider_message_id = ${providerMessageId}
    order by id desc
    limit 1
  `
  return row?.id
}

/** The vendor's id, where its answer was lost. */
export async function noteProviderIds(
  sql: Sql,
  workspaceId: string,
  known: readonly { messageId: string; providerMessageId: string }[],
): Promise<void> {
  if (known.length === 0) return
  await sql`
    with wanted as (
      select m.workspace_id, m.id, w.provider_message_id
      from unnest(
        ${known.map((each) => each.messageId)}::uuid[], ${known.map((each) => each.providerMessageId)}::text[]
      ) as w (id, provider_message_id)
      join messages m on m.workspace_id = ${workspaceId} and m.id = w.id
      where m.provider_message_id is null and m.status = 'unknown'
      order by m.id
      for update of m
    )
    update messages m
    set provider_message_id = w.provider_message_id
    from wanted w
    where m.workspace_id = w.workspace_id and m.id = w.id
  `
}
