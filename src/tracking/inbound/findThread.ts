/** The message of ours to which something that was written belongs. */
import type { TransactionSql } from 'postgres'
import type { Inbound } from '../../channels/provider.ts'
import { findByProviderId } from '../../messages/store/receipts.ts'
import { type Answered, findAnsweredMessage, findNewestTo } from '../store/answered.ts'
import type { Mailbox } from './mailbox.ts'

const DAY_MS = 86_400_000
const THREAD_DAYS = 60 // a message without a reference answers one of these days

/** What it answers: what it says that it does, else the newest message that they got. */
export async function findThread(
  tx: TransactionSql,
  { workspaceId, channel }: Mailbox,
  { answers, phone, userId }: Inbound,
  now: Date,
): Promise<Answered | undefined> {
  const named = answers === null ? undefined : await findByProviderId(tx, workspaceId, answers)
  if (named !== undefined) return findAnsweredMessage(tx, workspaceId, named)
  const about = { since: new Date(+now - THREAD_DAYS * DAY_MS), channel }
  const sent =
    phone === null
      ? undefined
      : await findNewestTo(tx, workspaceId, { ...about, recipientId: null, addresses: [phone] })
  for (const recipientId of sent ? [] : [userId, phone]) {
    if (recipientId === null) continue
    const known = await findNewestTo(tx, workspaceId, { ...about, recipientId, addresses: [] })
    if (known) return known
  }
  return sent
}
