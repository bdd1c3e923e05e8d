/**
 * `POST /inbound/messages`: a whole mail that came back. A bounce, a complaint, an absence
 * or a reply (report.ts tells which), and what follows from it for the message it is about.
 */
import { createHash } from 'node:crypto'
import type { TransactionSql } from 'postgres'
import type { Mac } from '../../lib/hmac.ts'
import { findAnswered } from '../../lib/replies.ts'
import { type AppliedReceipt, applyReceipts, type StateReceipt } from '../../messages/receipts.ts'
import { findByProviderId } from '../../messages/store/receipts.ts'
import type { BouncedRecipient } from '../deliveryStatus.ts'
import type { MailReport } from '../report.ts'
import type { MailTaken } from '../schema.ts'
import { type Answered, findAnsweredMessage, findNewestTo, spellingsOf } from '../store/answered.ts'
import { recordAutoReply, recordReply } from './recordReply.ts'

const HOUR_MS = 3_600_000
const REPORT_HOURS = 48 // a report without ids is about a message of these hours
const REPLY_HOURS = 60 * 24
const SOURCE = 'mail'

export type ReadableReport = Exclude<MailReport, { kind: 'unreadable' }>

interface Inbound {
  readonly tx: TransactionSql
  readonly workspaceId: string
  readonly mac: Mac
  readonly now: Date
  /** The same mail again counts once. */
  readonly key: string
}

/** A mail about no message of ours is taken and changes nothing. */
export async function takeMail(
  tx: TransactionSql,
  workspaceId: string,
  { report, raw, mac, now }: { report: ReadableReport; raw: Buffer; mac: Mac; now: Date },
): Promise<MailTaken> {
  const inbound = {
    tx,
    workspaceId,
    mac,
    now,
    key: createHash('sha256').update(raw).digest('base64url'),
  }
  const messages = await take(inbound, report)
  return { kind: report.kind, message_ids: [...new Set(messages)] }
}

async function take(inbound: Inbound, report: ReadableReport): Promise<string[]> {
  if (report.kind === 'bounce') return takeBounce(inbound, report)
  if (report.kind === 'complaint') return takeComplaint(inbound, report)
  const { tx, workspaceId, now, key } = inbound
  const message = await findThread(inbound, report)
  if (!message) return []
  const { from } = report
  const about = { message, key, at: now, source: SOURCE, from }
  if (report.kind === 'reply') await recordReply(tx, workspaceId, { ...about, ...report }, now)
  else await recordAutoReply(tx, workspaceId, { ...about, subject: '', until: report.until }, now)
  return [message.id]
}

const bounceKinds: Partial<
  Record<BouncedRecipient['action'], (one: BouncedRecipient) => StateReceipt>
> = {
  failed: ({ hard }) => (hard ? 'bounced' : 'deferred'),
  delayed: () => 'deferred',
  delivered: () => 'delivered',
}

async function takeBounce(
  inbound: Inbound,
  report: ReadableReport & { kind: 'bounce' },
): Promise<string[]> {
  const found: string[] = []
  for (const recipient of report.recipients) {
    const kind = bounceKinds[recipient.action]?.(recipient)
    if (!kind) continue
    const message = await findReported(inbound, report.originalMessageId, recipient.address)
    if (!message || found.includes(message.id)) continue
    const { status, diagnostic, category } = recipient
    const detail = [status, category, diagnostic].filter(Boolean).join(' · ')
    await apply(inbound, message, { kind, detail, properties: { category, status } })
    found.push(message.id)
  }
  return found
}

async function takeComplaint(
  inbound: Inbound,
  report: ReadableReport & { kind: 'complaint' },
): Promise<string[]> {
  const { feedbackType, originalMessageId, originalRecipient } = report
  if (feedbackType === 'not-spam') return []
  const message = await findReported(inbound, originalMessageId, originalRecipient)
  if (!message) return []
  const kind = feedbackType === 'opt-out' ? 'unsubscribed' : 'complained' // RFC 5965 §7.3, RFC 6650
  await apply(inbound, message, { kind, detail: feedbackType })
  return [message.id]
}

async function apply(
  { tx, workspaceId, now, key }: Inbound,
  message: Answered,
  receipt: Pick<AppliedReceipt, 'kind' | 'detail' | 'properties'>,
): Promise<void> {
  const once = receipt.kind === 'deferred' ? { key } : {}
  const about = { workspaceId, messageId: message.id, at: now, source: SOURCE }
  await applyReceipts(tx, [{ ...about, ...receipt, ...once }], now)
}

/** By our signed Message-ID, by the provider's, else the newest to that address. */
async function findReported(inbound: Inbound, rfcId: string | null, address: string | null) {
  const byId = rfcId === null ? undefined : await findByIds(inbound, [rfcId], [])
  return byId ?? findNewest(inbound, address, REPORT_HOURS)
}

async function findThread(
  inbound: Inbound,
  report: ReadableReport & { kind: 'reply' | 'auto_reply' },
) {
  const byId = await findByIds(inbound, report.inReplyTo, report.references)
  return byId ?? findNewest(inbound, report.from, REPLY_HOURS)
}

async function findByIds(
  { tx, workspaceId, mac }: Inbound,
  inReplyTo: readonly string[],
  references: readonly string[],
): Promise<Answered | undefined> {
  const signed = findAnswered({ inReplyTo, references }, mac)
  const ours = signed === null ? undefined : await findAnsweredMessage(tx, workspaceId, signed)
  if (ours) return ours
  for (const id of [...inReplyTo, ...references.toReversed()].slice(0, 10)) {
    const known =
      (await findByProviderId(tx, workspaceId, id)) ??
      (await findByProviderId(tx, workspaceId, id.slice(1, -1)))
    if (known !== undefined) return findAnsweredMessage(tx, workspaceId, known)
  }
  return undefined
}

function findNewest({ tx, workspaceId, now }: Inbound, address: string | null, hours: number) {
  if (address === null) return undefined
  const since = new Date(+now - hours * HOUR_MS)
  return findNewestTo(tx, workspaceId, {
    recipientId: null,
    addresses: spellingsOf(address),
    since,
    channel: 'email',
  })
}
