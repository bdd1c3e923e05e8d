/**
 * A message that somebody wrote to us on a chat channel: who it is, what it answers, and what
 * follows. It becomes `message.received`; where it answers a message of ours, that one is replied
 * to; a word such as "stop" ends all messages. Reactions and notes of the vendor are no answer.
 * Unknown people become contacts.
 */
import type { TransactionSql } from 'postgres'
import type { Inbound } from '../../channels/provider.ts'
import { recordConsent } from '../../consent/record.ts'
import { suppress } from '../../consent/suppress.ts'
import { recordEvents } from '../../events/record.ts'
import { storableText } from '../../lib/storable.ts'
import { applyReceipts } from '../../messages/receipts.ts'
import { noteInbound } from '../../messages/store/conversations.ts'
import { wantsNoMore } from '../replyText.ts'
import type { Answered } from '../store/answered.ts'
import { changeNumber } from './changeNumber.ts'
import { findThread } from './findThread.ts'
import { MAX_TEXT, type Mailbox } from './mailbox.ts'
import { resolveWriter } from './resolveWriter.ts'
import { takeByHand } from './takeByHand.ts'

/** In the caller's transaction, on the engine role. The same message again changes nothing. */
export async function takeInbound(
  tx: TransactionSql,
  mailbox: Mailbox,
  inbound: Inbound,
  now: Date,
): Promise<void> {
  if (inbound.kind === 'by_hand') return takeByHand(tx, mailbox, inbound, now)
  const { workspaceId, senderId, channel, source } = mailbox
  const address = inbound.phone ?? inbound.userId
  const spoken = inbound.kind === 'human'
  const message = await findThread(tx, mailbox, inbound, now)
  // Before anything is locked, as whoever takes turns does: the pair's row before those of messages.
  if (spoken)
    for (const each of addressesOf(inbound, message))
      await noteInbound(tx, { workspaceId, senderId, address: each }, earlier(inbound.at, now))
  const contactId = await resolveWriter(tx, mailbox, { inbound, message }, now)
  const text = storableText(inbound.text).slice(0, MAX_TEXT)
  const stops = spoken && wantsNoMore(text)
  const kind = stops ? 'stop' : inbound.kind
  const [fresh] = await recordEvents(
    tx,
    [
      {
        ...{ workspaceId, name: 'message.received', source, at: inbound.at },
        ...{ contactId, messageId: spoken ? (message?.id ?? null) : null },
        properties: {
          ...{ channel, kind, human: kind === 'human', type: inbound.type, text },
          ...{ from: address, sender_id: senderId },
          ...(inbound.movedTo ? { moved_to: inbound.movedTo } : {}),
        },
        key: `${senderId}/${inbound.id}`,
      },
    ],
    now,
  )
  if (!fresh) return
  const { phone: from, movedTo: to } = inbound
  if (to && from !== null && contactId !== null)
    await changeNumber(tx, { workspaceId, source, contactId, from, to }, now)
  if (!spoken) return
  if (message) await applyReceipts(tx, replies(mailbox, message, { ...inbound, text, stops }), now)
  if (stops) await stop(tx, mailbox, { ...inbound, contactId, text, messageId: message?.id }, now)
}

/**
 * All that a message to them may be addressed to: vendors spell some numbers in another way than
 * we do (Argentina, Brazil, Mexico).
 */
function addressesOf({ phone, userId }: Inbound, message: Answered | undefined): string[] {
  const all = [phone, userId, message?.address]
  return [...new Set(all.filter((each) => each != null))].sort()
}

/** A vendor's clock may be before ours; nobody has written in the future. */
const earlier = (at: Date, now: Date) => (at < now ? at : now)

function replies(
  { workspaceId, source }: Mailbox,
  { id: messageId }: Answered,
  { id, at, phone, userId, text, stops }: Inbound & { stops: boolean },
) {
  const about = { workspaceId, messageId, at, detail: null, source }
  const properties = { from: phone ?? userId, text }
  const replied = { ...about, kind: 'replied' as const, key: id, properties }
  return stops ? [replied, { ...about, kind: 'unsubscribed' as const }] : [replied]
}

/** On a chat there is no other way to be left alone: the number is not written to again at all. */
async function stop(
  tx: TransactionSql,
  { workspaceId, channel, source }: Mailbox,
  said: Inbound & { contactId: string | null; messageId: string | undefined },
  now: Date,
): Promise<void> {
  const { at, text, phone, contactId, messageId } = said
  if (contactId !== null) {
    const consent = { contactId, topic: '*', channel, granted: false, source, at }
    await recordConsent(tx, workspaceId, { ...consent, proof: { text }, messageId }, now)
  }
  if (phone === null) return
  const detail = `They wrote: ${text.slice(0, 200)}`
  const address = { kind: 'phone' as const, address: phone, reason: 'manual' as const }
  await suppress(tx, workspaceId, { ...address, source, detail }, now)
}
