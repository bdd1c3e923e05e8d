/**
 * Somebody of ours wrote to a contact beside us, by the vendor's own app: `message.by_hand`. Whatever
 * waits to write to them may be out of place now, so journeys hear of it. Nobody becomes a contact by it.
 */
import type { TransactionSql } from 'postgres'
import type { Inbound } from '../../channels/provider.ts'
import { recordEvents } from '../../events/record.ts'
import { storableText } from '../../lib/storable.ts'
import { findByProviderId } from '../../messages/store/receipts.ts'
import { findByIdentity } from '../store/writers.ts'
import { findThread } from './findThread.ts'
import { MAX_TEXT, type Mailbox } from './mailbox.ts'

/** In the caller's transaction. The same message again changes nothing. */
export async function takeByHand(
  tx: TransactionSql,
  mailbox: Mailbox,
  inbound: Inbound,
  now: Date,
): Promise<void> {
  const { workspaceId, senderId, channel, source } = mailbox
  const { id, at, type, phone, userId, text } = inbound
  if ((await findByProviderId(tx, workspaceId, id)) !== undefined) return // it is one of ours
  let contactId = (await findThread(tx, mailbox, inbound, now))?.contactId ?? null
  for (const each of [userId, phone])
    if (each !== null) contactId ??= await findByIdentity(tx, workspaceId, source, each)
  const properties = {
    ...{ channel, type, to: phone ?? userId, sender_id: senderId },
    text: storableText(text).slice(0, MAX_TEXT),
  }
  const event = { workspaceId, name: 'message.by_hand', source, at, contactId, messageId: null }
  await recordEvents(tx, [{ ...event, properties, key: `${senderId}/${id}` }], now)
}
