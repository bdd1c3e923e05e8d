/**
 * Holds, releases and ends messages together with what sent them, in its transaction: rendered and
 * queued ones too. What is on its way already has gone; whoever intends to send one of them at the
 * same moment waits for this change, and finds it.
 */
import type { TransactionSql } from 'postgres'
import { type EventInput, recordEvents } from '../events/record.ts'
import { EXPIRY_GIVEN } from './flags.ts'
import { defaultExpiry } from './retry.ts'
import { type Changed, type Expiry, markEnded, markHeld, markReleased } from './store/holds.ts'

const FAR_MS = 365 * 86_400_000 // a hold without an end is looked at again after this
const AT_ONCE = 5_000 // ids of one statement

/** Why messages are held that a person, or another rule, did not hold. Each is released by what held it. */
export type HoldReason = 'journey_held' | 'journey_paused'

/** A person's own hold, a restore's, and that of a run outlast the pause of a journey. */
const keptBy: Readonly<Record<HoldReason, readonly string[]>> = {
  journey_held: ['held_by_hand', 'restored'],
  journey_paused: ['held_by_hand', 'restored', 'journey_held'],
}

export interface Hold {
  /** Null: until it is released. */
  readonly until: Date | null
  readonly reason: HoldReason
  readonly detail: string
}

export function holdMessages(
  tx: TransactionSql,
  workspaceId: string,
  ids: readonly string[],
  { until, reason, detail }: Hold,
  now: Date,
): Promise<void> {
  const end = until ?? new Date(+now + FAR_MS)
  const hold = { until: end, reason, detail, keep: keptBy[reason], ...expiryFrom(end) }
  return change(tx, { workspaceId, ids, name: 'held', reason, detail, now }, (some) =>
    markHeld(tx, workspaceId, some, hold),
  )
}

/** Poke the engine after the commit. */
export function releaseMessages(
  tx: TransactionSql,
  workspaceId: string,
  ids: readonly string[],
  reason: HoldReason,
  now: Date,
): Promise<void> {
  return change(tx, { workspaceId, ids, name: 'requeued', reason: null, now }, (some) =>
    markReleased(tx, workspaceId, some, { reason, now, ...expiryFrom(now) }),
  )
}

/** They are cancelled: `reason` is a word for machines, such as human_intervention. */
export function endMessages(
  tx: TransactionSql,
  workspaceId: string,
  ids: readonly string[],
  { reason, detail }: { reason: string; detail: string },
  now: Date,
): Promise<void> {
  return change(tx, { workspaceId, ids, name: 'cancelled', reason, detail, now }, (some) =>
    markEnded(tx, workspaceId, some, { reason, detail, now }),
  )
}

interface Telling {
  readonly workspaceId: string
  readonly ids: readonly string[]
  readonly name: 'held' | 'requeued' | 'cancelled'
  readonly reason: string | null
  readonly detail?: string
  readonly now: Date
}

async function change(
  tx: TransactionSql,
  telling: Telling,
  mark: (ids: readonly string[]) => PromiseLike<readonly Changed[]>,
): Promise<void> {
  for (let from = 0; from < telling.ids.length; from += AT_ONCE) {
    const rows = await mark(telling.ids.slice(from, from + AT_ONCE))
    const events = rows.map((row) => eventOf(row, telling))
    await recordEvents(tx, events, telling.now)
  }
}

function eventOf(row: Changed, { workspaceId, name, reason, detail, now }: Telling): EventInput {
  const counted = { channel: row.channel, metric: 'cancelled' } as const
  return {
    ...{ workspaceId, name: `message.${name}`, messageId: row.id, contactId: row.contactId },
    ...{ at: now, source: 'journeys' },
    properties: {
      from: row.before,
      ...(reason === null ? {} : { reason }),
      ...(detail === undefined ? {} : { detail }),
    },
    ...(name === 'cancelled' ? { count: counted } : {}),
  }
}

const expiryFrom = (at: Date): { expiry: Expiry; given: number } => ({
  expiry: { marketing: defaultExpiry('marketing', at), other: defaultExpiry('transactional', at) },
  given: EXPIRY_GIVEN,
})
