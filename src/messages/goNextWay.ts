/** Sends a message by its next channel: itself when nothing of it has left, else its content as a new message. */
import type { TransactionSql } from 'postgres'
import { recordEvents } from '../events/record.ts'
import { copyOf } from './copyOf.ts'
import type { FallbackDeps } from './fallback.ts'
import { EXPIRY_GIVEN } from './flags.ts'
import { nextWay, type Way } from './nextWay.ts'
import { insertMessages } from './store/accept.ts'
import {
  changeWay,
  clearRouting,
  endFallback,
  type Fallback,
  putOffFallback,
} from './store/fallbacks.ts'
import type { MessageRow } from './store/read.ts'

/** True when a message is to be sent now. Where it can go no other way its timeline says so. */
export async function goNextWay(
  tx: TransactionSql,
  fallback: Fallback,
  message: MessageRow,
  how: 'again' | 'instead',
  deps: FallbackDeps,
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
  const copy = await copyOf(tx, message, now)
  if (!copy) return null
  const given = message.flags & EXPIRY_GIVEN
  const next = {
    ...copy,
    ...{ channel: way.channel, senderId: way.sender.id, address: way.address },
    expiresAt: given ? message.expiresAt : copy.expiresAt,
    routing: way.routing && JSON.stringify(way.routing),
    sendWindow: message.sendWindow && JSON.stringify(message.sendWindow),
    fallback: { afterSeconds, unless },
  }
  await insertMessages(tx, [next], now)
  return next.id
}

function why({ afterSeconds, unless }: Fallback, { status }: MessageRow) {
  if (status === 'bounced' || status === 'failed')
    return { reason: status, detail: 'It came back.' }
  const heard = unless === 'seen' ? 'seen' : 'reported as delivered'
  return { reason: 'not_heard_of', detail: `It was not ${heard} within ${afterSeconds} s.` }
}

export async function tell(
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
