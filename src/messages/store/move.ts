/** Hands a message to another sender or channel. Its id, content and history stay. */
import type { Sql } from '../../db/db.ts'
import { uuid7 } from '../../lib/uuid7.ts'
import type { Onward } from '../schema.ts'
import { touchLanes } from './accept.ts'

export interface MoveRow {
  readonly workspaceId: string
  readonly id: string
  readonly lease: string
  readonly channel: string
  readonly address: string | null
  readonly senderId: string
  readonly priority: number
  readonly contactId: string | null
  /** Channels still to try after this one; null for none. */
  readonly routing: readonly Onward[] | null
  /** Attempts start anew on another channel. */
  readonly resetAttempts: boolean
  readonly dueAt: Date
  readonly reason: string
  readonly detail: string
  readonly event: string
  readonly properties: Readonly<Record<string, unknown>>
}

/** In the caller's transaction. False when the row was no longer ours; then nothing was written. */
export async function moveMessage(sql: Sql, move: MoveRow, now: Date): Promise<boolean> {
  const [moved] = await sql`
    with moved as (
      update messages
      set status = 'queued', channel = ${move.channel}, address = ${move.address}, sender_id = ${move.senderId},
        routing = ${move.routing && JSON.stringify(move.routing)}::text::jsonb,
        attempt = case when ${move.resetAttempts} then 0 else attempt end,
        due_at = ${move.dueAt}, lease = null, leased_by = null, reason = ${move.reason}, detail = ${move.detail}
      where workspace_id = ${move.workspaceId} and id = ${move.id} and lease = ${move.lease}
        and status in ('scheduled', 'queued', 'held', 'sending') and reason is distinct from 'erased'
      returning id
    ),
    noted as (
      insert into events (workspace_id, id, name, contact_id, message_id, at, recorded_at, source, properties)
      select ${move.workspaceId}, ${uuid7()}, ${move.event}, ${move.contactId}, id, ${now}, ${now}, 'messages',
        ${JSON.stringify(move.properties)}::text::jsonb
      from moved
    )
    select id from moved
  `
  if (!moved) return false
  await touchLanes(sql, [move])
  return true
}
