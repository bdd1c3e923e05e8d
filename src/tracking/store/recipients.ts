/** What the pages behind our links need: the message, its contact, the topics and their state. */
import type { ChannelId } from '../../channels/channel.ts'
import type { Sql } from '../../db/db.ts'

export interface Recipient {
  readonly messageId: string
  readonly channel: ChannelId
  readonly address: string | null
  readonly contactId: string | null
  /** The contact's, else the message's. */
  readonly locale: string | null
  /** Null for a message without one. */
  readonly topic: string | null
  readonly topicName: string | null
}

/** `lock` makes those who change their mind at the same time wait for each other. */
export async function findRecipient(
  sql: Sql,
  workspaceId: string,
  messageId: string,
  lock = false,
): Promise<Recipient | undefined> {
  const [row] = await sql<Recipient[]>`
    select m.id as message_id, m.channel, m.address, m.contact_id, coalesce(c.locale, m.locale) as locale,
      m.topic, coalesce(t.name, m.topic) as topic_name
    from messages m
    left join contacts c on c.workspace_id = m.workspace_id and c.id = m.contact_id
    left join topics t on t.workspace_id = m.workspace_id and t.key = m.topic
    where m.workspace_id = ${workspaceId} and m.id = ${messageId}
    ${lock ? sql`for update of m` : sql``}
  `
  return row
}

/** Everybody who has this address: whom a message without a contact was for. */
export async function contactsAt(
  sql: Sql,
  workspaceId: string,
  kind: string,
  address: string,
): Promise<string[]> {
  const rows = await sql<{ contactId: string }[]>`
    select distinct contact_id
    from contact_addresses
    where workspace_id = ${workspaceId} and kind = ${kind} and address = ${address}
    order by contact_id
    limit 100
  `
  return rows.map((row) => row.contactId)
}
