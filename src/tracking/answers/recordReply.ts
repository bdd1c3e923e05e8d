/**
 * A reply to a message, however we hear of it: the document's endpoint or an uploaded mail.
 * What a machine answered (out of office) is no reply; a reply that asks to be left alone is
 * also an unsubscription.
 */
import type { TransactionSql } from 'postgres'
import { recordEvents } from '../../events/record.ts'
import { applyReceipts } from '../../messages/receipts.ts'
import type { Answered } from '../store/answered.ts'

export interface Reply {
  readonly message: Answered
  /** The same key counts once. */
  readonly key: string
  readonly at: Date
  readonly source: string
  readonly from: string | null
  readonly subject: string
  /** What was written above the quoted mail. */
  readonly text: string
  readonly unsubscribeIntent: boolean
}

export async function recordReply(
  tx: TransactionSql,
  workspaceId: string,
  reply: Reply,
  now: Date,
): Promise<void> {
  const { at, source, key, from, subject, text } = reply
  const about = { workspaceId, messageId: reply.message.id, at, detail: null, source }
  const replied = { ...about, kind: 'replied' as const, key, properties: { from, subject, text } }
  const unsubscribed = { ...about, kind: 'unsubscribed' as const }
  await applyReceipts(tx, reply.unsubscribeIntent ? [replied, unsubscribed] : [replied], now)
}

export interface AutoReply extends Omit<Reply, 'text' | 'unsubscribeIntent'> {
  readonly until: Date | null
}

export async function recordAutoReply(
  tx: TransactionSql,
  workspaceId: string,
  reply: AutoReply,
  now: Date,
): Promise<void> {
  const { message, at, source, from, subject } = reply
  const event = {
    workspaceId,
    name: 'message.auto_replied',
    contactId: message.contactId,
    messageId: message.id,
    at,
    source,
    properties: { from, subject, until: reply.until?.toISOString() ?? null },
    key: `${message.id} auto_replied ${reply.key}`,
    count: { channel: message.channel, metric: 'auto_replied' },
  }
  await recordEvents(tx, [event], now)
}
