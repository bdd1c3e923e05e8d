/** Ends or holds runs, with the messages of theirs that have not gone yet: those that wait, are held or rendered. */
import type { TransactionSql } from 'postgres'
import { endMessages, holdMessages, releaseMessages } from '../../messages/hold.ts'
import { waiting } from '../../messages/life.ts'
import { HUMAN_INTERVENTION } from '../signals.ts'
import { freeKeys } from '../store/keys.ts'
import { type RunRow, saveRuns } from '../store/runs.ts'
import { messagesOf, pausedOf } from '../store/sends.ts'
import type { Ledger } from './ledger.ts'
import { type Ending, traced } from './state.ts'
import { leave } from './walk.ts'

const OF_MESSAGES = 'human_intervention'

/** The runs' rows are locked by the caller. Answers them as they are now. */
export async function endRuns(
  tx: TransactionSql,
  runs: readonly RunRow[],
  ending: Ending,
  { ledger, now }: { ledger: Ledger; now: Date },
): Promise<RunRow[]> {
  const after = runs.map((run) => leave(run, null, ending, { ledger, now }))
  await saveRuns(tx, after)
  await freeKeys(tx, after)
  const detail = [ending.reason, ending.detail].filter(Boolean).join(': ') || 'The journey ended.'
  const reason = ending.reason === HUMAN_INTERVENTION ? OF_MESSAGES : 'journey_ended'
  for (const [workspaceId, ids] of await waitingOf(tx, runs))
    await endMessages(tx, workspaceId, ids, { reason, detail }, now)
  return after
}

/** Until then, or until somebody releases it. */
export async function holdRun(
  tx: TransactionSql,
  run: RunRow,
  { until, reason }: { until: Date | null; reason: string },
  { ledger, now }: { ledger: Ledger; now: Date },
): Promise<RunRow> {
  const held: RunRow = {
    ...traced(run, 'held', now),
    status: 'held',
    dueAt: until,
    lease: null,
    detail: reason,
  }
  await saveRuns(tx, [held])
  ledger.tell(held, 'journey.held', { step: run.step, reason, until: until?.toISOString() ?? null })
  for (const [workspaceId, ids] of await waitingOf(tx, [run]))
    await holdMessages(tx, workspaceId, ids, { until, reason: 'journey_held', detail: reason }, now)
  return held
}

/** Takes it up again where it stood: what it waited for is looked at anew. */
export async function releaseRun(
  tx: TransactionSql,
  run: RunRow,
  { ledger, now }: { ledger: Ledger; now: Date },
): Promise<RunRow> {
  const active: RunRow = {
    ...traced(run, 'released', now),
    status: 'active',
    dueAt: now,
    detail: null,
    attention: false,
  }
  await saveRuns(tx, [active])
  ledger.tell(active, 'journey.released', { step: run.step })
  await releaseHeld(tx, [run], now)
  return active
}

/** What their hold held goes; while the journey is paused, it waits for that. */
export async function releaseHeld(
  tx: TransactionSql,
  runs: readonly RunRow[],
  now: Date,
): Promise<void> {
  for (const [workspaceId, ids] of await waitingOf(tx, runs)) {
    await releaseMessages(tx, workspaceId, ids, 'journey_held', now)
    const paused = await pausedOf(tx, workspaceId, ids)
    await holdMessages(tx, workspaceId, paused, { ...PAUSED, until: null }, now)
  }
}

export const PAUSED = { reason: 'journey_paused', detail: 'Its journey is paused.' } as const

async function waitingOf(tx: TransactionSql, runs: readonly RunRow[]) {
  const found: [string, string[]][] = []
  for (const [workspaceId, some] of Map.groupBy(runs, (run) => run.workspaceId)) {
    const ids = some.map((run) => run.id)
    found.push([workspaceId, await messagesOf(tx, workspaceId, ids, waiting)])
  }
  return found
}
