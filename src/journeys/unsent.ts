/**
 * What of a run was not sent and is to be written anew when it is taken up again. Each of these goes once: it is taken
 * out of the dead letters, and what somebody has sent again by hand is the run's message from then on.
 */
import type { TransactionSql } from 'postgres'
import { replaceMessages, WRITTEN_ANEW } from '../messages/replace.ts'
import { withResult } from './engine/walk.ts'
import type { RunRow } from './store/runs.ts'
import { findCopies, insertSends, type LastSend, lockLastSends } from './store/sends.ts'

const LOST = ['failed', 'bounced', 'skipped', 'expired', 'cancelled'] as const

/** Whom a gate kept from being written to is not written to anew; what a person cancelled neither. */
function isUnsent({ status, reason }: Pick<LastSend, 'status' | 'reason'>): boolean {
  if (status === 'skipped') return reason === 'no_address'
  if (status === 'cancelled') return reason === WRITTEN_ANEW
  return LOST.some((each) => each === status) && reason !== 'erased'
}

export interface Unsent {
  /** Knows what was sent again by hand as its own. */
  readonly run: RunRow
  /** Steps to be sent anew, in the order in which they sent first. */
  readonly steps: readonly string[]
  /** State of its newest message; undefined: it sent none. */
  readonly last: string | undefined
}

/** The run's row is locked. Whoever sends one of the messages again at this moment waits, and finds it taken. */
export async function takeUnsent(tx: TransactionSql, run: RunRow, now: Date): Promise<Unsent> {
  const { workspaceId, id: runId, journeyId } = run
  const sends = await lockLastSends(tx, workspaceId, runId)
  const lost = sends.filter(isUnsent)
  const ids = lost.map((send) => send.messageId)
  const found = ids.length === 0 ? [] : await findCopies(tx, workspaceId, ids, LOST)
  const copies = new Map(found.map((copy) => [copy.of, copy]))
  const own = { ...{ workspaceId, runId, journeyId }, updateKey: null, updateOrder: null, at: now }
  const adopted = lost.flatMap(({ step, messageId }) => {
    const copy = copies.get(messageId)
    return copy ? [{ ...own, step, messageId: copy.messageId }] : []
  })
  await insertSends(tx, adopted)
  const anew = lost.filter(({ messageId }) => !copies.has(messageId))
  await replaceMessages(
    tx,
    workspaceId,
    anew.map((send) => send.messageId),
    now,
  )
  const newest = sends.at(-1)
  return {
    run: adopted.reduce(
      (at, { step, messageId }) => withResult(at, step, { message_id: messageId }),
      run,
    ),
    steps: anew.map((send) => send.step),
    last: newest && (copies.get(newest.messageId)?.status ?? newest.status),
  }
}

/** The step that is to be sent anew after this one, which is being sent anew now; null: none is left. */
export async function nextUnsent(
  tx: TransactionSql,
  { workspaceId, id }: RunRow,
  step: string,
): Promise<string | null> {
  const lost = (await lockLastSends(tx, workspaceId, id)).filter(isUnsent)
  const place = lost.findIndex((send) => send.step === step)
  return place === -1 ? null : (lost[place + 1]?.step ?? null)
}
