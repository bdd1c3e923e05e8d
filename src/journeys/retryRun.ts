/**
 * Takes a run that failed up again, once a person has mended the reason. A message that was not sent
 * is written anew, with the texts and settings of now, and the run goes on where it stood; nothing that
 * it did is done twice.
 */
import type { TransactionSql } from 'postgres'
import { AppError } from '../errors.ts'
import { nextOf, onMessageFailure } from './defaults.ts'
import { createLedger } from './engine/ledger.ts'
import { atStep, isLive, traced } from './engine/state.ts'
import { withResult } from './engine/walk.ts'
import type { ByPerson } from './runs.ts'
import type { JourneyDocument } from './schema.ts'
import type { StepDocument } from './steps.schema.ts'
import { readVersions } from './store/journeys.ts'
import { takeKeyBack } from './store/keys.ts'
import { lockRun, type RunRow, saveRuns } from './store/runs.ts'
import { takeUnsent } from './unsent.ts'

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
  if (run.status !== 'failed')
    throw new AppError('conflict', `This run has not failed: it is ${run.status}.`)
  const { document, step } = await whereItStood(tx, run)
  if (!(await takeKeyBack(tx, run)))
    throw new AppError('conflict', 'Another run of the same key has begun since.')
  const place = await placeOf(tx, run, { document, step, now })
  const ledger = createLedger(now)
  const open = { exitReason: null, detail: null, attention: false, endedAt: null }
  const taken = traced(atStep(place.run, place.step, now), 'retried', now)
  const after = { ...taken, failedStep: place.goOn, ...open }
  ledger.entered(after, place.step)
  ledger.tell(after, 'journey.retried', { step: place.step })
  await saveRuns(tx, [after])
  await ledger.write(tx)
  return after
}

/** Raises conflict when there is nothing to be taken up. */
async function whereItStood(tx: TransactionSql, run: RunRow) {
  const { failedStep: stood = null } = run
  if (stood === null)
    throw new AppError('conflict', 'It is not known where this run stood. Begin another.')
  const [version] = await readVersions(tx, run.workspaceId, [run])
  const document = version?.definition
  const step = document?.steps.find((each) => each.id === stood)
  if (!document || !step) throw new AppError('conflict', 'Its step is no longer there.')
  if (step.type === 'exit')
    throw new AppError('conflict', 'It ended by an exit step. Begin another once that is mended.')
  return { document, step }
}

interface Place {
  readonly run: RunRow
  readonly step: string
  /** Where it goes on once all is sent that was not; null: wherever the step leads. */
  readonly goOn: string | null
}

/** At the first message that was not sent; past a wait for one that somebody else has sent again; else where it stood. */
async function placeOf(
  tx: TransactionSql,
  run: RunRow,
  { document, step, now }: { document: JourneyDocument; step: StepDocument; now: Date },
): Promise<Place> {
  if (onMessageFailure(document) === 'ignore') return { run, step: step.id, goOn: null }
  const unsent = await takeUnsent(tx, run, now)
  const here = { run: unsent.run, step: step.id, goOn: null }
  const [first] = unsent.steps
  if (first !== undefined) return { ...here, step: first, goOn: step.id }
  const sent = unsent.last !== undefined && SENT.has(unsent.last)
  if (!sent || step.type !== 'wait_for' || step.event !== 'message.sent') return here
  const { on_event: to = nextOf(document, step) } = step
  return to === null
    ? here
    : { ...here, run: withResult(unsent.run, step.id, { matched: true }), step: to }
}
