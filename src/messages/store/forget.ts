/** Forgetting: content after its time, everything about a person when they ask. */
import type { Sql } from '../../db/db.ts'

/**
 * What is between intent and answer keeps its lease, so that the answer finds it; `erased` as its
 * reason keeps it, and what ended badly, from ever being sent again.
 */
export async function eraseMessagesOf(
  sql: Sql,
  workspaceId: string,
  contactIds: readonly string[],
  now: Date,
): Promise<void> {
  const theirs = sql`
    select id from messages where workspace_id = ${workspaceId} and contact_id = any(${[...contactIds]}::uuid[])
  `
  await sql`delete from message_contents where workspace_id = ${workspaceId} and message_id in (${theirs})`
  await sql`delete from message_attachments where workspace_id = ${workspaceId} and message_id in (${theirs})`
  await sql`delete from message_links where workspace_id = ${workspaceId} and message_id in (${theirs})`
  await sql`delete from message_edits where workspace_id = ${workspaceId} and message_id in (${theirs})`
  await sql`delete from message_engagement where workspace_id = ${workspaceId} and message_id in (${theirs})`
  await sql`delete from engagements where workspace_id = ${workspaceId} and message_id in (${theirs})`
  await sql`
    update messages
    set address = null, to_name = null, recipient_id = null, variables = null, metadata = null, routing = null, detail = null, contact_id = null,
      status = case when status in ('scheduled', 'queued', 'held') then 'cancelled' else status end,
      reason = case when status in ('scheduled', 'queued', 'held', 'sending', 'unknown', 'failed') then 'erased' else reason end,
      settled_at = case when status = 'sending' then null else coalesce(settled_at, ${now}) end,
      lease = case when status = 'sending' then lease end
    where workspace_id = ${workspaceId} and contact_id = any(${[...contactIds]}::uuid[])
  `
}

/** Before their messages, which know where they went. */
export async function eraseConversationsOf(
  sql: Sql,
  workspaceId: string,
  subject: {
    readonly contactIds: readonly string[]
    readonly addresses: readonly { readonly address: string }[]
  },
): Promise<void> {
  const contactIds = [...subject.contactIds]
  await sql`
    with theirs (address) as (
      select unnest(${subject.addresses.map((each) => each.address)}::text[])
      union
      select address from messages where workspace_id = ${workspaceId} and contact_id = any(${contactIds}::uuid[])
      union
      select external_id from contact_identities where workspace_id = ${workspaceId} and contact_id = any(${contactIds}::uuid[])
    )
    delete from conversations c
    using senders s, theirs t
    where s.workspace_id = ${workspaceId} and c.workspace_id = s.workspace_id and c.sender_id = s.id and c.address = t.address
  `
}

export function listMessagesOf(sql: Sql, workspaceId: string, contactIds: readonly string[]) {
  return sql`
    select m.id, m.channel, m.status, m.address as to, m.topic as category, m.variables, m.metadata, m.created_at, m.sent_at, c.content
    from messages m
    left join message_contents c on c.workspace_id = m.workspace_id and c.message_id = m.id
    where m.workspace_id = ${workspaceId} and m.contact_id = any(${[...contactIds]}::uuid[])
    order by m.id
  `
}

/** Deletes up to `limit` contents and files of messages that ended before `before`. Answers how many. */
export async function deleteOldContents(sql: Sql, before: Date, limit: number): Promise<number> {
  const rows = await sql`
    with old as (
      select c.workspace_id, c.message_id
      from message_contents c
      join messages m on m.workspace_id = c.workspace_id and m.id = c.message_id
      where c.created_at < ${before} and m.status not in ('scheduled', 'queued', 'held', 'sending')
      limit ${limit}
    ),
    files as (
      delete from message_attachments a using old where a.workspace_id = old.workspace_id and a.message_id = old.message_id
    )
    delete from message_contents c using old where c.workspace_id = old.workspace_id and c.message_id = old.message_id
  `
  return rows.count
}
