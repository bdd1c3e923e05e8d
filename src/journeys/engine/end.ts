/** Ends or holds runs, with the messages of theirs that have not gone yet: those that wait, are held or rendered. */
import type { TransactionSql } from 'postgres'
import { changeStatus } from '../../messages/change.ts'
import { waiting } from '../../messages/life.ts'
import type { StatusChange } from '../../messages/schema.ts'
import { freeKeys, type RunRow, saveRuns } from '../store/runs.ts'
import { messagesOf } from '../store/sends.ts'
import type { Ledger } from './ledger.ts'
import type { Ending } from './state.ts'
import { leave } from './walk.ts'

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
  const reason = [ending.reason, ending.detail].filter(Boolean).join(': ') || 'The journey ended.'
  await changeMessages(tx, runs, { status: 'cancelled', reason }, now)
  return after
}

/** Until then, or until somebody releases it. */
export async function holdRun(
  tx: TransactionSql,
  run: RunRow,
  { until, reason }: { until: Date | null; reason: string },
  { ledger, now }: { ledger: Ledger; now: Date },
): Promise<RunRow> {
  const held: RunRow = { ...run, status: 'held', dueAt: until, lease: null, detail: reason }
  await saveRuns(tx, [held])
  ledger.tell(held, 'journey.held', { step: run.step, reason, until: until?.toISOString() ?? null })
  const heldUntil = until ? { held_until: until.toISOString() } : {}
  await changeMessages(tx, [run], { status: 'held', reason, ...heldUntil }, now)
  return held
}

/** Takes it up again where it stood: what it waited for is looked at anew. */
export async function releaseRun(
  tx: TransactionSql,
  run: RunRow,
  { ledger, now }: { ledger: Ledger; now: Date },
): Promise<RunRow> {
  const active: RunRow = { ...run, status: 'active', dueAt: now, detail: null }
  await saveRuns(tx, [active])
  ledger.tell(active, 'journey.released', { step: run.step })
  await releaseMessages(tx, [run], now)
  return active
}

export async function releaseMessages(tx: TransactionSql, runs: readonly RunRow[], now: Date) {
  await changeMessages(tx, runs, { status: 'queued' }, now, ['held'])
}

async function changeMessages(
  tx: TransactionSql,
  runs: readonly RunRow[],
  change: StatusChange,
  now: Date,
  from: readonly string[] = waiting,
): Promise<void> {
  const [first] = runs
  if (!first) return
  const ids = runs.map((run) => run.id)
  for (const id of await messagesOf(tx, first.workspaceId, ids, from)) {
    // One that has gone meanwhile has gone: intent and this change wait for each other.
    await changeStatus(tx, first.workspaceId, id, change, now).catch(ignoreConflict)
  }
}

function ignoreConflict(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'conflict')) throw error
}
