/** Finds the message that a reply or a report is about. */
import type { Sql } from '../../db/db.ts'

export interface Answered {
  readonly id: string
  readonly contactId: string | null
  readonly channel: string
}

export async function findAnsweredMessage(
  sql: Sql,
  workspaceId: string,
  id: string,
): Promise<Answered | undefined> {
  const [row] = await sql<Answered[]>`
    select id, contact_id, channel from messages where workspace_id = ${workspaceId} and id = ${id}
  `
  return row
}

export interface Whom {
  /** The customer's own id of the contact. */
  readonly recipientId: string | null
  /** Normalised. */
  readonly address: string | null
  /** Messages made before are too old. */
  readonly since: Date
  /** Only of this channel. */
  readonly channel: string | null
}

/** The newest message that reached somebody and left us. */
export async function findNewestTo(
  sql: Sql,
  workspaceId: string,
  { recipientId, address, since, channel }: Whom,
): Promise<Answered | undefined> {
  const [row] = await sql<Answered[]>`
    with whom as (
      select contact_id
      from contact_identities
      where workspace_id = ${workspaceId} and external_id = ${recipientId}
      union
      select contact_id
      from contact_addresses
      where workspace_id = ${workspaceId} and kind in ('email', 'phone') and address = ${address}
    )
    select m.id, m.contact_id, m.channel
    from messages m
    where m.workspace_id = ${workspaceId} and m.contact_id in (select contact_id from whom)
      and m.status in ('sending', 'sent', 'delivered', 'unknown', 'bounced', 'failed')
      and m.created_at >= ${since} and (${address}::text is null or m.address = ${address})
      and (${channel}::text is null or m.channel = ${channel})
    order by m.id desc
    limit 1
  `
  return row
}
