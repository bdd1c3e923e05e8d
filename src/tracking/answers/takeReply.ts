/** `POST /api/track/reply`: somebody else read the mailbox and tells us of a reply. */
import { createHash } from 'node:crypto'
import type { TransactionSql } from 'postgres'
import { AppError } from '../../errors.ts'
import type { Mac } from '../../lib/hmac.ts'
import { findAnswered } from '../../lib/replies.ts'
import { isAutoReply, returnDate } from '../autoReply.ts'
import { addressIn } from '../deliveryStatus.ts'
import { firstLines, wantsNoMore } from '../replyText.ts'
import type { ReplyInput, ReplyTaken } from '../schema.ts'
import { type Answered, findAnsweredMessage, findNewestTo, spellingsOf } from '../store/answered.ts'
import { recordAutoReply, recordReply } from './recordReply.ts'

const DAY_MS = 86_400_000
const MAX_DAYS = 60 // a reply without ids is to a message of these days
const SOURCE = 'api'

/** Raises `not_found` when no message of the workspace is meant. */
export async function takeReply(
  tx: TransactionSql,
  workspaceId: string,
  input: ReplyInput,
  { mac, now }: { mac: Mac; now: Date },
): Promise<ReplyTaken> {
  const message = await findMessage(tx, workspaceId, input, mac, now)
  if (!message)
    throw new AppError('not_found', 'There is no message that this could be a reply to.')
  const subject = (input.subject ?? '').slice(0, 1_000)
  const text = firstLines(input.text ?? '')
  const at = input.replied_at === undefined ? now : new Date(input.replied_at)
  const reply = {
    message,
    key: input.reply_id ?? hashOf(input),
    at,
    source: SOURCE,
    from: input.from ?? input.email ?? null,
    subject,
  }
  if (isAutoReply({ headers: [], subject })) {
    const until = returnDate(`${subject}\n${text}`, at)
    await recordAutoReply(tx, workspaceId, { ...reply, until }, now)
    return {
      message_id: message.id,
      kind: 'auto_reply',
      unsubscribed: false,
      until: until?.toISOString() ?? null,
    }
  }
  const unsubscribeIntent = wantsNoMore(text)
  await recordReply(tx, workspaceId, { ...reply, text, unsubscribeIntent }, now)
  return { message_id: message.id, kind: 'reply', unsubscribed: unsubscribeIntent, until: null }
}

/** The id that is given decides; then the ids in the headers; then who it is from. */
async function findMessage(
  tx: TransactionSql,
  workspaceId: string,
  input: ReplyInput,
  mac: Mac,
  now: Date,
): Promise<Answered | undefined> {
  if (input.message_id !== undefined) return findAnsweredMessage(tx, workspaceId, input.message_id)
  const signed = findAnswered(
    { inReplyTo: input.in_reply_to ?? [], references: input.references ?? [] },
    mac,
  )
  const answered = signed === null ? undefined : await findAnsweredMessage(tx, workspaceId, signed)
  if (answered) return answered
  const recipientId = input.recipient_id ?? input.lead_id ?? null
  const given = input.email ?? addressIn(input.from)
  const addresses = recipientId !== null || given == null ? [] : spellingsOf(given)
  if (recipientId === null && addresses.length === 0) return undefined
  const since = new Date(+now - MAX_DAYS * DAY_MS)
  return findNewestTo(tx, workspaceId, { recipientId, addresses, since, channel: null })
}

function hashOf(input: ReplyInput): string {
  const { from, email, subject, text, replied_at } = input
  return createHash('sha256')
    .update(JSON.stringify([from, email, subject, text, replied_at]))
    .digest('base64url')
}
