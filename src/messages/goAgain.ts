/**
 * A vendor took free text and says later that its recipient had not written lately enough. Where the
 * message has a template, it goes again as that one; it was never shown to anybody.
 */
import type { TransactionSql } from 'postgres'
import { WhatsAppExtras } from '../channels/whatsapp/extras.ts'
import { recordEvents } from '../events/record.ts'
import { MAX_ATTEMPTS } from './retry.ts'
import { touchLanes } from './store/accept.ts'
import { closeWindow } from './store/conversations.ts'
import { lockSent, returnToQueue } from './store/goAgain.ts'

export interface LateRefusal {
  readonly messageId: string
  /** Of the attempt that was refused. */
  readonly providerMessageId: string | undefined
  readonly detail: string
}

/**
 * `again`: it is queued once more. `past`: the refusal is of an attempt that is over already.
 * `no`: nothing can be done, it has failed.
 */
export async function goAgain(
  tx: TransactionSql,
  workspaceId: string,
  refusal: LateRefusal,
  now: Date,
): Promise<'again' | 'past' | 'no'> {
  const message = await lockSent(tx, workspaceId, refusal.messageId)
  if (!message) return 'no'
  const extras = WhatsAppExtras.safeParse(message.metadata?.['whatsapp'])
  if (!extras.success || !extras.data.template?.trim() || message.address === null) return 'no'
  const { senderId, address, attempt, status } = message
  const current = message.providerMessageId === (refusal.providerMessageId ?? null)
  if (!current || !['sent', 'unknown'].includes(status)) return 'past'
  if (attempt >= MAX_ATTEMPTS) return 'no'
  await closeWindow(tx, { workspaceId, senderId, address })
  await returnToQueue(tx, workspaceId, { id: refusal.messageId, detail: refusal.detail, now })
  await touchLanes(tx, [{ workspaceId, senderId, priority: message.priority, dueAt: now }])
  const event = {
    ...{ workspaceId, name: 'message.returned', at: now, source: 'messages' },
    ...{ contactId: message.contactId, messageId: refusal.messageId },
    properties: { reason: 'window_closed', detail: refusal.detail },
  }
  await recordEvents(tx, [event], now)
  return 'again'
}
