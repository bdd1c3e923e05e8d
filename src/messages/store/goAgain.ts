/** A message that was sent and refused afterwards, and its way back into the queue. */
import type { Sql } from '../../db/db.ts'
import type { Status } from '../schema.ts'

export interface SentMessage {
  readonly senderId: string
  readonly address: string | null
  readonly contactId: string | null
  readonly status: Status
  readonly priority: number
  readonly attempt: number
  readonly metadata: Readonly<Record<string, unknown>> | null
  readonly providerMessageId: string | null
}

/** The pair's row first, then the message's: as whoever takes turns does, so that neither waits for the other. */
export async function lockSent(
  sql: Sql,
  workspaceId: string,
  id: string,
): Promise<SentMessage | undefined> {
  await sql`
    select from conversations c
    join messages m on m.workspace_id = c.workspace_id and m.sender_id = c.sender_id and m.address = c.address
    where m.workspace_id = ${workspaceId} and m.id = ${id}
    for update of c
  `
  const [row] = await sql<SentMessage[]>`
    select sender_id, address, contact_id, status, priority, attempt, metadata, provider_message_id
    from messages
    where workspace_id = ${workspaceId} and id = ${id}
    for update
  `
  return row
}

export async function returnToQueue(
  sql: Sql,
  workspaceId: string,
  { id, detail, now }: { id: string; detail: string; now: Date },
): Promise<void> {
  await sql`
    update messages
    set status = 'queued', due_at = ${now}, provider_message_id = null, sent_at = null, settled_at = null,
      lease = null, leased_by = null, reason = 'window_closed', detail = ${detail}
    where workspace_id = ${workspaceId} and id = ${id}
  `
}
