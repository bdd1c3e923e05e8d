/**
 * Takes a run that failed up again, once a person has mended the reason. A message that was not sent
 * is written anew, with the texts and settings of now, and the run goes on where it stood; nothing that
 * it did is done twice.
 */
import type { TransactionSql } from 'postgres'
import { AppError } from '../errors.ts'
import { FAILURES, nextOf } from './defaults.ts'
import { createLedger } from './engine/ledger.ts'
import { atStep, isLive } from './engine/state.ts'
import { withResult } from './engine/walk.ts'
import type { ByPerson } from './runs.ts'
import type { JourneyDocument } from './schema.ts'
import { readVersions } from './store/journeys.ts'
import { lockRun, type RunRow, saveRuns, takeKeyBack } from './store/runs.ts'
import { lastSendOf } from './store/sends.ts'

const NOT_SENT = new Set(['failed', 'bounced', 'skipped', 'expired'])
const SENT = new Set(['sent', 'delivered'])

/**
 * One that is under way already is left alone. Conflict when it ended otherwise, or somebody else has entered
 * under its key.
 */
export async function retryRun(
  tx: TransactionSql,
  workspaceId: string,
  id: string,
  { now }: ByPerson,
): Promise<RunRow> {
  const run = await lockRun(tx, workspaceId, id)
  if (!run) throw new AppError('not_found', 'There is no such run.')
  if (isLive(run)) return run
  const { failedStep: stood = null } = run
  if (run.status !== 'failed' || stood === null)
    throw new AppError('conflict', `This run has not failed: it is ${run.status}.`)
  const [version] = await readVersions(tx, workspaceId, [run])
  const place = version && (await placeOf(tx, run, version.definition, stood))
  if (!place) throw new AppError('conflict', 'Its step is no longer there.')
  if (!(await takeKeyBack(tx, run)))
    throw new AppError('conflict', 'Another run of the same key has begun since.')
  const ledger = createLedger(now)
  const open = { exitReason: null, detail: null, attention: false, endedAt: null }
  const after = { ...atStep(place.run, place.step, now), failedStep: place.goOn, ...open }
  ledger.entered(after, place.step)
  ledger.tell(after, 'journey.retried', { step: place.step })
  await saveRuns(tx, [after])
  await ledger.write(tx)
  return after
}

interface Place {
  readonly run: RunRow
  readonly step: string
  /** Where it goes on after that step; null: wherever the step leads. */
  readonly goOn: string | null
}

/** At the message that was not sent; past a wait for one that somebody else has sent again; else where it stood. */
async function placeOf(
  tx: TransactionSql,
  run: RunRow,
  document: JourneyDocument,
  stood: string,
): Promise<Place | undefined> {
  const step = document.steps.find((each) => each.id === stood)
  if (!step) return undefined
  const here = { run, step: stood, goOn: null }
  if (!FAILURES.has(run.exitReason ?? '')) return here
  const last = await lastSendOf(tx, run.workspaceId, run.id)
  if (last && NOT_SENT.has(last.status)) return { run, step: last.step, goOn: stood }
  if (!last || !SENT.has(last.status) || step.type !== 'wait_for' || step.event !== 'message.sent')
    return here
  const { on_event: to = nextOf(document, step) } = step
  return to === null
    ? here
    : { run: withResult(run, stood, { matched: true }), step: to, goOn: null }
}
