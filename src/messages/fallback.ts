/**
 * Sends a message by its next channel too when nothing is heard of it in time (`fallback_after`).
 *
 * What waits is a row of `message_fallbacks`, so no restart forgets it. Whoever settles one has
 * claimed it and holds the message's lock, and the row goes with the new message in one
 * transaction: there is one second message or none, whatever dies and however many processes look.
 *
 *   delivered or seen            -> done
 *   sent, unknown                -> once its time since then is over: a new message by the next channel
 *   waits for its turn or time   -> looked at again: its time runs from when it is sent
 *   waits and its sender cannot work, or has failed to send it -> the message itself goes by the next channel
 *   sending                      -> looked at again
 *   bounced, or failed on the way -> at once: a new message by the next channel
 *   whatever else is final       -> done
 *
 * Where it should go on and cannot, the timeline says so: `message.fallback_ended`.
 */

import type { Logger } from 'pino'
import type { TransactionSql } from 'postgres'
import { type Db, PostgresError } from '../db/db.ts'
import { recordEvents } from '../events/record.ts'
import { createLoop } from '../lib/loop.ts'
import { uuid7 } from '../lib/uuid7.ts'
import { EXPIRY_GIVEN } from './flags.ts'
import { canWork, nextWay, type Way } from './nextWay.ts'
import type { Directories } from './prepare.ts'
import { defaultExpiry } from './retry.ts'
import { insertMessages } from './store/accept.ts'
import { lockMessage } from './store/edits.ts'
import {
  type Claim,
  changeWay,
  claimFallbacks,
  clearRouting,
  endFallback,
  type Fallback,
  hasUnread,
  isSeen,
  lockFallback,
  nextFallback,
  postponeClaim,
  putOffFallback,
} from './store/fallbacks.ts'
import { findAttachments, findContents } from './store/parts.ts'
import { findMessage, type MessageRow } from './store/read.ts'

const AT_ONCE = 100
const POLL_MS = 1_000 // those of other processes are found within this
const SOON_MS = 2_000 // what is on its way, or came in and is not understood, is looked at again after this
const PATIENCE_MS = 60_000 // beyond its time, for what came in to be understood
const CLAIM_MS = 10_000 // one that a process died over is found again after this
const FAULT_MS = 60_000 // one that could not be settled is tried again after this
const LATER_MS = 3_600_000 // what waits for its own time is looked at this often: it may be sent earlier
const FOREIGN_KEY_VIOLATION = '23503'

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
      const until = new Date(+clock.now() + CLAIM_MS)
      const claims = await claimFallbacks(engine, clock.now(), until, AT_ONCE)
      let sent = false
      for (const claim of claims) sent = (await settleOne(claim, deps)) || sent
      if (sent) deps.onSent()
      if (claims.length < AT_ONCE) return
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

/** One that cannot be settled holds up no other. True when a message is to be sent now. */
async function settleOne(claim: Claim, deps: Deps): Promise<boolean> {
  const { engine, clock } = deps.db
  const { workspaceId, messageId } = claim
  const attempt = () => engine.begin((tx) => settle(tx, claim, deps)) as Promise<boolean>
  try {
    return await attempt().catch((error: unknown) => {
      if (!(error instanceof PostgresError) || error.code !== FOREIGN_KEY_VIOLATION) throw error
      deps.directories.senders.forget(workspaceId) // we knew a sender that is gone
      return attempt()
    })
  } catch (error) {
    const ids = { workspace_id: workspaceId, message_id: messageId }
    deps.log.warn({ err: error, ...ids }, 'falling back failed, trying again in a minute')
    await postponeClaim(engine, claim, new Date(+clock.now() + FAULT_MS))
    return false
  }
}

/** True when a message is to be sent now. The message's lock comes first, as with receipts. */
async function settle(tx: TransactionSql, claim: Claim, deps: Deps): Promise<boolean> {
  const { workspaceId, messageId } = claim
  const now = deps.db.clock.now()
  await lockMessage(tx, workspaceId, messageId)
  const fallback = await lockFallback(tx, claim)
  const message = await findMessage(tx, workspaceId, messageId)
  if (!fallback || !message) return false
  const sender = await deps.directories.senders.find(workspaceId, message.senderId)
  const able = sender !== undefined && canWork(sender, now)
  const step = await heardOf(tx, fallback, message, stepOf(fallback, message, able, now), now)
  if (step === 'again' || step === 'instead') return goOn(tx, fallback, message, step, deps)
  if (step instanceof Date) await putOffFallback(tx, fallback, step, message.channel)
  else await endFallback(tx, fallback)
  if (step === 'over') {
    const detail = 'Its time was over before anything was heard of it.'
    await tell(tx, message, 'message.fallback_ended', { reason: 'expired', detail }, now)
  }
  return false
}

type Step = 'done' | 'over' | 'again' | 'instead' | Date

const overAt = ({ afterSeconds }: Fallback, { sentAt, createdAt }: MessageRow) =>
  new Date(+(sentAt ?? createdAt) + afterSeconds * 1000)

/** What is to be done now: nothing any more, another message, this one by another way, or wait until then. */
function stepOf(fallback: Fallback, message: MessageRow, able: boolean, now: Date): Step {
  const sinceNow = new Date(+now + fallback.afterSeconds * 1000)
  if (!message.routing) return 'done'
  // A refusal has moved it on by itself: its time begins anew.
  if (message.channel !== fallback.channel) return sinceNow
  const end = overAt(fallback, message)
  const expired = (message.flags & EXPIRY_GIVEN) !== 0 && message.expiresAt <= now
  const again = expired ? 'over' : 'again'
  switch (message.status) {
    case 'delivered':
      if (fallback.unless === 'delivered') return 'done'
      return end > now ? end : again
    case 'sent':
    case 'unknown':
      return end > now ? end : again
    case 'bounced':
      return again
    case 'failed':
      return message.sentAt === null ? 'done' : again
    case 'queued':
    case 'scheduled':
    case 'held':
      return expired ? 'done' : stepOfWaiting(fallback, message, able, now)
    case 'sending':
      return new Date(+now + SOON_MS)
    default:
      return 'done'
  }
}

/** Whoever is looked at again within its time is never found late: that time has not begun. */
function stepOfWaiting(
  { afterSeconds }: Fallback,
  { status, attempt, dueAt }: MessageRow,
  able: boolean,
  now: Date,
): Step {
  const afterMs = afterSeconds * 1000
  if (status !== 'queued' && dueAt > now)
    return new Date(Math.min(+dueAt + afterMs, +now + Math.max(afterMs, LATER_MS)))
  return able && attempt === 0 ? new Date(+now + afterMs) : 'instead'
}

/** The step, unless somebody saw the message; it is waited for what came in and may say so. */
async function heardOf(
  tx: TransactionSql,
  fallback: Fallback,
  message: MessageRow,
  step: Step,
  now: Date,
): Promise<Step> {
  if (step === 'done' || step instanceof Date) return step
  if (await isSeen(tx, fallback)) return 'done'
  if (step !== 'again') return step
  const end = overAt(fallback, message)
  const back = message.status === 'bounced' || message.status === 'failed'
  if (back || +now > +end + PATIENCE_MS) return step
  const unread = await hasUnread(tx, fallback, message.senderId, end)
  return unread ? new Date(+now + SOON_MS) : step
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
  const way = await nextWay(tx, message, deps.directories.senders, now)
  if (!way) {
    await endFallback(tx, fallback)
    const detail = 'The contact cannot be reached by any of its next channels.'
    await tell(tx, message, 'message.fallback_ended', { reason: 'no_channel', detail }, now)
    return false
  }
  const reason = why(fallback, message)
  if (how === 'instead') {
    const { priority } = message
    await changeWay(tx, workspaceId, messageId, { ...way, senderId: way.sender.id, priority }, now)
    const until = new Date(+now + fallback.afterSeconds * 1000)
    if (way.routing) await putOffFallback(tx, fallback, until, way.channel)
    else await endFallback(tx, fallback)
    await tell(tx, message, 'message.rerouted', { next_channel: way.channel, ...reason }, now)
    return true
  }
  const id = await sendAgain(tx, fallback, message, way, now)
  if (id === null) {
    const detail = 'The content of this message is no longer kept.'
    await tell(tx, message, 'message.fallback_ended', { reason: 'content_gone', detail }, now)
    return false
  }
  const next = { next_channel: way.channel, next_message_id: id, ...reason }
  await tell(tx, message, 'message.rerouted', next, now)
  return true
}

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
    ...{ id: uuid7(+now), status: 'queued' as const, dueAt: now, scheduledAt: null },
    ...{ channel: way.channel, senderId: way.sender.id, address: way.address },
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
  name: 'message.rerouted' | 'message.fallback_ended',
  properties: Record<string, string>,
  now: Date,
): Promise<void> {
  const { workspaceId, id: messageId, contactId } = message
  const event = { workspaceId, messageId, contactId, name, at: now }
  await recordEvents(tx, [{ ...event, source: 'messages', properties }], now)
}
