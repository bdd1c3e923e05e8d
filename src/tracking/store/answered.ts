/** Finds the message that a reply or a report is about. */
import type { Sql } from '../../db/db.ts'
import { normaliseEmail } from '../../lib/email.ts'

export interface Answered {
  readonly id: string
  readonly contactId: string | null
  readonly channel: string
  readonly address: string | null
}

export async function findAnsweredMessage(
  sql: Sql,
  workspaceId: string,
  id: string,
): Promise<Answered | undefined> {
  const [row] = await sql<Answered[]>`
    select id, contact_id, channel, address from messages where workspace_id = ${workspaceId} and id = ${id}
  `
  return row
}

export interface Whom {
  /** The customer's own id of the contact. */
  readonly recipientId: string | null
  /** The spellings in which the address may be stored; none to go by the contact alone. */
  readonly addresses: readonly string[]
  /** Messages made before are too old. */
  readonly since: Date
  /** Only of this channel. */
  readonly channel: string | null
}

/** The newest message that reached somebody and left us. */
export async function findNewestTo(
  sql: Sql,
  workspaceId: string,
  { recipientId, addresses, since, channel }: Whom,
): Promise<Answered | undefined> {
  const spellings = [...addresses]
  const [row] = await sql<Answered[]>`
    with whom as (
      select contact_id
      from contact_identities
      where workspace_id = ${workspaceId} and external_id = ${recipientId}
      union
      select contact_id
      from contact_addresses
      where workspace_id = ${workspaceId} and kind in ('email', 'phone') and address = any(${spellings}::text[])
    )
    select m.id, m.contact_id, m.channel, m.address
    from messages m
    where m.workspace_id = ${workspaceId} and m.contact_id in (select contact_id from whom)
      and m.status in ('sending', 'sent', 'delivered', 'unknown', 'bounced', 'failed')
      and m.created_at >= ${since} and (${spellings.length} = 0 or m.address = any(${spellings}::text[]))
      and (${channel}::text is null or m.channel = ${channel})
    order by m.id desc
    limit 1
  `
  return row
}

/** People and servers write the part before the @ in any case. */
export function spellingsOf(email: string): string[] {
  const address = normaliseEmail(email)
  return [...new Set([address, address.toLowerCase()])]
}
