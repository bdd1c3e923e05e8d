/**
 * Sends a message by its next channel too when nothing is heard of it in time (`fallback_after`).
 *
 * What waits is a row of `message_fallbacks`, so no restart forgets it. Whoever settles one holds
 * the message's lock, and the row goes with the new message in one transaction: there is one
 * second message or none, whatever dies and however many processes look.
 *
 *   delivered or seen           -> done
 *   sent, unknown               -> once its time since then is over: a new message by the next channel
 *   queued                      -> nothing has left: the message itself goes by the next channel
 *   scheduled, held, sending    -> looked at again
 *   bounced, or failed on the way -> at once: a new message by the next channel
 *   whatever else is final      -> done
 */

import type { Logger } from 'pino'
import type { TransactionSql } from 'postgres'
import { addressKind } from '../channels/address.ts'
import { type ChannelId, channelIds } from '../channels/channel.ts'
import type { Sender } from '../channels/directory.ts'
import type { Db } from '../db/db.ts'
import { recordEvents } from '../events/record.ts'
import { createLoop } from '../lib/loop.ts'
import { uuid7 } from '../lib/uuid7.ts'
import { EXPIRY_GIVEN } from './flags.ts'
import type { Directories } from './prepare.ts'
import { defaultExpiry } from './retry.ts'
import { insertMessages } from './store/accept.ts'
import { lockMessage } from './store/edits.ts'
import {
  changeWay,
  clearRouting,
  endFallback,
  type Fallback,
  findAddress,
  findDueFallbacks,
  isSeen,
  lockFallback,
  nextFallback,
  putOffFallback,
} from './store/fallbacks.ts'
import { findAttachments, findContents } from './store/parts.ts'
import { findMessage, type MessageRow } from './store/read.ts'

const AT_ONCE = 100
const POLL_MS = 1_000 // those of other processes are found within this
const SOON_MS = 2_000 // what is on its way, or came in and is not understood, is looked at again after this

export interface Fallbacks {
  start(): void
  stop(): Promise<void>
  /** Does what is due now. For tests and tools; the loop does it by itself. */
  runOnce(): Promise<void>
}

interface Deps {
  readonly db: Db
  readonly log: Logger
  readonly directories: Pick<Directories, 'senders'>
  /** There is something to send. */
  onSent(): void
}

export function createFallbacks(deps: Deps): Fallbacks {
  const { engine, clock } = deps.db
  const runOnce = async () => {
    for (;;) {
      const due = await findDueFallbacks(engine, clock.now(), AT_ONCE)
      let sent = false
      for (const { workspaceId, messageId } of due) {
        sent =
          (await engine.begin((tx) => settle(tx, { workspaceId, messageId }, deps))) === true ||
          sent
      }
      if (sent) deps.onSent()
      if (due.length < AT_ONCE) return
    }
  }
  const look = async () => {
    await runOnce()
    const next = await nextFallback(engine)
    return next ? Math.max(0, Math.min(POLL_MS, +next - +clock.now())) : POLL_MS
  }
  const loop = createLoop({ look, retryMs: POLL_MS, name: 'falling back', log: deps.log })
  return { start: () => loop.start(), stop: () => loop.stop(), runOnce }
}

/** True when a message is to be sent now. The message's lock comes first, as with receipts. */
async function settle(
  tx: TransactionSql,
  { workspaceId, messageId }: Pick<Fallback, 'workspaceId' | 'messageId'>,
  deps: Deps,
): Promise<boolean> {
  const now = deps.db.clock.now()
  await lockMessage(tx, workspaceId, messageId)
  const fallback = await lockFallback(tx, { workspaceId, messageId }, now)
  const message = await findMessage(tx, workspaceId, messageId)
  if (!fallback || !message) return false
  const next = stepOf(fallback, message, now)
  if (next !== 'done' && !(next instanceof Date)) {
    const { seen, unread } = await isSeen(tx, fallback)
    if (!seen && !unread) return goOn(tx, fallback, message, next, deps)
    if (!seen) {
      await putOffFallback(tx, fallback, new Date(+now + SOON_MS), message.channel)
      return false
    }
  }
  if (next instanceof Date) await putOffFallback(tx, fallback, next, message.channel)
  else await endFallback(tx, fallback)
  return false
}

type Step = 'done' | 'again' | 'instead' | Date

/** What is to be done now: nothing any more, another message, this one by another way, or wait until then. */
function stepOf(fallback: Fallback, message: MessageRow, now: Date): Step {
  const since = (from: Date) => new Date(+from + fallback.afterSeconds * 1000)
  const over = (message.flags & EXPIRY_GIVEN) !== 0 && message.expiresAt <= now
  if (!message.routing || over) return 'done'
  // A refusal has moved it on by itself: its time begins anew.
  if (message.channel !== fallback.channel) return since(now)
  const sentLongAgo = since(message.sentAt ?? message.createdAt)
  switch (message.status) {
    case 'delivered':
      if (fallback.unless === 'delivered') return 'done'
      return sentLongAgo > now ? sentLongAgo : 'again'
    case 'sent':
    case 'unknown':
      return sentLongAgo > now ? sentLongAgo : 'again'
    case 'bounced':
      return 'again'
    case 'failed':
      return message.sentAt === null ? 'done' : 'again'
    case 'queued':
      return 'instead'
    case 'sending':
      return new Date(+now + SOON_MS)
    case 'scheduled':
    case 'held':
      return since(message.dueAt > now ? message.dueAt : now)
    default:
      return 'done'
  }
}

async function goOn(
  tx: TransactionSql,
  fallback: Fallback,
  message: MessageRow,
  how: 'again' | 'instead',
  deps: Deps,
): Promise<boolean> {
  const now = deps.db.clock.now()
  const { workspaceId, messageId } = fallback
  const way = await wayOf(tx, message, deps)
  if (!way) {
    await endFallback(tx, fallback)
    return false
  }
  if (how === 'instead') {
    await changeWay(tx, workspaceId, messageId, { ...way, priority: message.priority }, now)
    const until = new Date(+now + fallback.afterSeconds * 1000)
    if (way.routing) await putOffFallback(tx, fallback, until, way.channel)
    else await endFallback(tx, fallback)
    await tell(tx, message, { next_channel: way.channel, ...why(fallback, message) }, now)
    return true
  }
  const id = await sendAgain(tx, fallback, message, way, now)
  if (id === null) return false
  const next = { next_channel: way.channel, next_message_id: id, ...why(fallback, message) }
  await tell(tx, message, next, now)
  return true
}

interface Way {
  readonly channel: ChannelId
  readonly senderId: string
  readonly address: string | null
  readonly routing: readonly string[] | null
}

/** The first of its next channels by which its contact can be reached. */
async function wayOf(
  tx: TransactionSql,
  message: MessageRow,
  { directories, db }: Deps,
): Promise<Way | undefined> {
  const { workspaceId, contactId } = message
  const left = (message.routing ?? []).filter((name): name is ChannelId =>
    channelIds.some((id) => id === name),
  )
  for (const [index, channel] of left.entries()) {
    const senders = await directories.senders.forChannel(workspaceId, channel)
    const sender = senders.find((one) => canWork(one, db.clock.now())) ?? senders[0]
    if (!sender) continue
    const kind = addressKind(channel)
    const address = kind && contactId ? await findAddress(tx, workspaceId, contactId, kind) : null
    if (kind && address === null && sender.origin !== 'builtin') continue
    const rest = left.slice(index + 1)
    return { channel, senderId: sender.id, address, routing: rest.length > 0 ? rest : null }
  }
  return undefined
}

const canWork = (sender: Sender, now: Date) =>
  sender.status === 'active' && !(sender.breakerOpenUntil && sender.breakerOpenUntil > now)

/** The same content as a new message; null when it is no longer kept. */
async function sendAgain(
  tx: TransactionSql,
  fallback: Fallback,
  message: MessageRow,
  way: Way,
  now: Date,
): Promise<string | null> {
  const { workspaceId, messageId, afterSeconds, unless } = fallback
  await endFallback(tx, fallback)
  await clearRouting(tx, workspaceId, messageId)
  const content = (await findContents(tx, [message])).get(messageId) ?? null
  if (message.templateId === null && !content) return null
  const given = message.flags & EXPIRY_GIVEN
  const copy = {
    ...message,
    ...{ id: uuid7(), status: 'queued' as const, dueAt: now, scheduledAt: null },
    ...{ channel: way.channel, senderId: way.senderId, address: way.address },
    expiresAt: given ? message.expiresAt : defaultExpiry(message.kind, now),
    variables: message.variables && JSON.stringify(message.variables),
    routing: way.routing && JSON.stringify(way.routing),
    metadata: message.metadata && JSON.stringify(message.metadata),
    sendWindow: message.sendWindow && JSON.stringify(message.sendWindow),
    fallback: { afterSeconds, unless },
    resendOf: messageId,
    content,
    attachments: (await findAttachments(tx, [message])).get(messageId) ?? [],
  }
  await insertMessages(tx, [copy], now)
  return copy.id
}

function why({ afterSeconds, unless }: Fallback, { status }: MessageRow) {
  if (status === 'bounced' || status === 'failed')
    return { reason: status, detail: 'It came back.' }
  const heard = unless === 'seen' ? 'seen' : 'reported as delivered'
  return { reason: 'not_heard_of', detail: `It was not ${heard} within ${afterSeconds} s.` }
}

async function tell(
  tx: TransactionSql,
  message: MessageRow,
  properties: Record<string, string>,
  now: Date,
): Promise<void> {
  const { workspaceId, id: messageId, contactId } = message
  const event = { workspaceId, messageId, contactId, name: 'message.rerouted', at: now }
  await recordEvents(tx, [{ ...event, source: 'messages', properties }], now)
}
