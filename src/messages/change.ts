/** Changes that people make to a message, each with its event, in the caller's transaction. */
import type { TransactionSql } from 'postgres'
import { AppError, invalid } from '../errors.ts'
import { recordEvents } from '../events/record.ts'
import { tooFarAhead } from './ahead.ts'
import { waiting } from './life.ts'
import { defaultExpiry } from './retry.ts'
import type { Status, StatusChange } from './schema.ts'
import {
  type Change,
  findDeadLetters,
  markChanged,
  type RedriveFilter,
  requeue,
} from './store/change.ts'
import { findMessage, type MessageRow } from './store/read.ts'

const FAR_DAYS = 365 // a hold without an end is looked at again after this

/** Raises not_found, or conflict when the message's state does not allow it. */
export async function changeStatus(
  tx: TransactionSql,
  workspaceId: string,
  id: string,
  wanted: StatusChange,
  now: Date,
): Promise<MessageRow> {
  const message = await getMessage(tx, workspaceId, id)
  const change = changeOf(wanted, message, now)
  const changed = await markChanged(tx, workspaceId, id, change, now)
  if (!changed)
    throw new AppError(
      'conflict',
      `This message is ${message.status}; it can become ${wanted.status} only from ${change.from.join(', ')}.`,
    )
  await recordEvents(
    tx,
    [
      {
        workspaceId,
        name: `message.${eventOf[wanted.status]}`,
        contactId: changed.contactId,
        messageId: id,
        at: now,
        source: 'api',
        properties: {
          from: message.status,
          ...(change.reason ? { reason: change.reason, detail: change.detail } : {}),
        },
        ...(wanted.status === 'cancelled'
          ? { count: { channel: message.channel, metric: 'cancelled' } }
          : {}),
      },
    ],
    now,
  )
  return getMessage(tx, workspaceId, id)
}

const eventOf: Readonly<Record<StatusChange['status'], string>> = {
  cancelled: 'cancelled',
  scheduled: 'rescheduled',
  held: 'held',
  queued: 'requeued',
  sent: 'settled_by_hand',
  delivered: 'settled_by_hand',
  failed: 'settled_by_hand',
}

const unsettled: readonly Status[] = ['unknown']

function changeOf(wanted: StatusChange, message: MessageRow, now: Date): Change {
  const base = {
    dueAt: null,
    scheduledAt: null,
    expiresAt: null,
    resetAttempts: false,
    reason: null,
    detail: null,
  }
  if (wanted.status === 'cancelled')
    return {
      ...base,
      to: 'cancelled',
      from: waiting,
      reason: 'cancelled',
      detail: wanted.reason ?? 'Cancelled.',
    }
  if (wanted.status === 'scheduled') {
    const at = new Date(wanted.scheduled_at)
    if (at <= now) throw invalid('/scheduled_at', 'This is in the past.')
    const tooFar = tooFarAhead('/scheduled_at', at, now)
    if (tooFar) throw tooFar
    return {
      ...base,
      to: 'scheduled',
      from: waiting,
      dueAt: at,
      scheduledAt: at,
      expiresAt: later(message.expiresAt, defaultExpiry(message.kind, at)),
    }
  }
  if (wanted.status === 'held') {
    const until = wanted.held_until
      ? new Date(wanted.held_until)
      : new Date(now.getTime() + FAR_DAYS * 86_400_000)
    if (until <= now) throw invalid('/held_until', 'This is in the past.')
    const tooFar = tooFarAhead('/held_until', until, now)
    if (tooFar) throw tooFar
    return {
      ...base,
      to: 'held',
      from: waiting,
      dueAt: until,
      expiresAt: later(message.expiresAt, defaultExpiry(message.kind, until)),
      reason: 'held_by_hand',
      detail: wanted.reason ?? 'Held by hand.',
    }
  }
  if (wanted.status === 'queued') {
    return {
      ...base,
      to: 'queued',
      from: ['held', 'scheduled', 'unknown', 'failed', 'expired'],
      dueAt: now,
      resetAttempts: true,
      expiresAt: later(message.expiresAt, defaultExpiry(message.kind, now)),
    }
  }
  const reason = wanted.status === 'failed' ? 'settled_by_hand' : null
  return {
    ...base,
    to: wanted.status,
    from: wanted.status === 'delivered' ? ['unknown', 'sent'] : unsettled,
    reason,
    detail: wanted.status === 'failed' ? (wanted.reason ?? 'Settled by hand.') : null,
  }
}

const later = (a: Date, b: Date) => (a > b ? a : b)

export async function getMessage(
  tx: TransactionSql,
  workspaceId: string,
  id: string,
): Promise<MessageRow> {
  const message = await findMessage(tx, workspaceId, id)
  if (!message) throw new AppError('not_found', 'There is no such message.')
  return message
}

/** Sends dead letters again under their own ids, so that none can go out twice. Answers which. */
export async function redrive(
  tx: TransactionSql,
  workspaceId: string,
  filter: RedriveFilter,
  now: Date,
): Promise<string[]> {
  const ids = await findDeadLetters(tx, workspaceId, filter)
  if (ids.length === 0) return []
  const rows = await requeue(tx, workspaceId, ids, filter.status, {
    now,
    expiresAt: defaultExpiry('transactional', now),
  })
  await recordEvents(
    tx,
    rows.map((row) => ({
      workspaceId,
      name: 'message.requeued',
      contactId: row.contactId,
      messageId: row.id,
      at: now,
      source: 'api',
      properties: { from: filter.status },
    })),
    now,
  )
  return rows.map((row) => row.id)
}
