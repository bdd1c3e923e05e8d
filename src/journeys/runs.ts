/**
 * What people do with runs: begin one, skip what it waits for, hold, release, run now, cancel. In the
 * transaction of their request; poke the engine after.
 */
import type { TransactionSql } from 'postgres'
import { AppError } from '../errors.ts'
import { TemplateError } from '../templates/templateError.ts'
import type { WorkspaceFacts } from '../workspaces/directory.ts'
import { hasContact, nextOf } from './defaults.ts'
import { runFacts } from './engine/context.ts'
import { endRuns, holdRun, releaseRun } from './engine/end.ts'
import { enterRuns, keyOf } from './engine/enter.ts'
import { createLedger, type Ledger } from './engine/ledger.ts'
import { isLive } from './engine/state.ts'
import { leave, withResult } from './engine/walk.ts'
import { type Facts, renderText } from './facts.ts'
import type { CurrentJourney } from './find.ts'
import type { JourneyDocument } from './schema.ts'
import { readVersions } from './store/journeys.ts'
import { freeKeys } from './store/keys.ts'
import { readPeople } from './store/people.ts'
import { lockRun, type RunRow, saveRuns } from './store/runs.ts'

export type { RunRow }

/** A run that a request begins. Raises conflict when the journey is not enabled or its re-entry rule says no. */
export async function beginRun(
  tx: TransactionSql,
  workspace: WorkspaceFacts,
  { row, version }: CurrentJourney,
  given: {
    readonly contactId: string | null
    readonly key?: string | undefined
    readonly properties?: Readonly<Record<string, unknown>> | undefined
  },
  now: Date,
): Promise<RunRow> {
  const document = version.definition
  if (row.status !== 'active') throw new AppError('conflict', 'Enable the journey first.')
  const ids = given.contactId === null ? [] : [given.contactId]
  const people = await readPeople(tx, workspace.id, ids)
  const person = given.contactId === null ? undefined : people.get(given.contactId)
  if (hasContact(document) && !person)
    throw new AppError('invalid_input', 'Name the contact that enters the journey.')
  const at = now.toISOString()
  const event = { ...given.properties, name: 'api', at, source: 'api' }
  const begin = { id: '', key: '', startedAt: now, event, results: {} }
  const facts = runFacts(begin, { document, settings: row.settings, workspace, person })
  const written = given.key ?? writtenKey(document, facts)
  const key = keyOf(written ?? person?.id ?? crypto.randomUUID())
  const ledger = createLedger(now)
  const entry = {
    ...{ workspaceId: workspace.id, journeyId: row.id, version: row.version, document },
    ...{ contactId: person?.id ?? null, key, event, facts },
  }
  const [run] = await enterRuns(tx, [entry], { ledger, now })
  if (!run)
    throw new AppError('conflict', 'The journey’s re-entry rule does not let them in again.')
  await ledger.write(tx)
  return run
}

/** As the trigger has it; undefined where it has none, or becomes nothing. */
function writtenKey({ trigger }: JourneyDocument, facts: Facts): string | undefined {
  try {
    return (trigger.key && renderText(trigger.key, facts)) || undefined
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    throw new AppError('invalid_input', error.message)
  }
}

/** Ends it; its messages that have not gone are cancelled. */
export const cancelRun = (tx: TransactionSql, workspaceId: string, id: string, by: ByPerson) =>
  change(tx, workspaceId, id, by, async (run, book) => {
    const ending = { status: 'cancelled', reason: by.reason ?? 'by_hand' } as const
    // Whoever cancels it has looked at it.
    const [after] = await endRuns(tx, [{ ...run, attention: false }], ending, book)
    return after ?? run
  })

/** Until then, or until it is released; its messages wait too. */
export const holdRunByHand = (
  tx: TransactionSql,
  workspaceId: string,
  id: string,
  by: ByPerson & { readonly until?: Date | null },
) =>
  change(tx, workspaceId, id, by, (run, book) => {
    if (run.status === 'held') return Promise.resolve(run)
    return holdRun(tx, run, { until: by.until ?? null, reason: by.reason ?? 'Held by hand.' }, book)
  })

export const releaseRunByHand = (
  tx: TransactionSql,
  workspaceId: string,
  id: string,
  by: ByPerson,
) =>
  change(tx, workspaceId, id, by, (run, book) => {
    if (run.status !== 'held')
      throw new AppError('conflict', `This run is ${run.status}, not held.`)
    return releaseRun(tx, run, book)
  })

/** Does not wait any longer at the step where it waits, as if the time had come. */
export const skipWait = (tx: TransactionSql, workspaceId: string, id: string, by: ByPerson) =>
  change(tx, workspaceId, id, by, async (run, book) => {
    if (run.status !== 'waiting')
      throw new AppError('conflict', `This run is ${run.status}, not waiting.`)
    const [version] = await readVersions(tx, workspaceId, [run])
    const step = version?.definition.steps.find((each) => each.id === run.step)
    if (!version || !step) throw new AppError('conflict', 'Its step is no longer there.')
    const otherwise = nextOf(version.definition, step)
    const to =
      step.type === 'wait_for' && step.on_timeout !== undefined ? step.on_timeout : otherwise
    const after = leave(withResult(run, step.id, { skipped: true }), to, null, book, 'skipped')
    await saveRuns(tx, [after])
    if (!isLive(after)) await freeKeys(tx, [after])
    return after
  })

/** Looks at it at once: a wait is over, a step that is to be tried again later is tried now. */
export const runNow = (tx: TransactionSql, workspaceId: string, id: string, by: ByPerson) =>
  change(tx, workspaceId, id, by, async (run, _, now) => {
    if (run.status === 'held') throw new AppError('conflict', 'This run is held. Release it first.')
    const after: RunRow = { ...run, dueAt: now, lease: null }
    await saveRuns(tx, [after])
    return after
  })

export interface ByPerson {
  readonly now: Date
  readonly reason?: string | undefined
}

/** Raises not_found, or conflict when the run has ended. */
async function change(
  tx: TransactionSql,
  workspaceId: string,
  id: string,
  { now }: ByPerson,
  work: (run: RunRow, book: { ledger: Ledger; now: Date }, now: Date) => Promise<RunRow>,
): Promise<RunRow> {
  const run = await lockRun(tx, workspaceId, id)
  if (!run) throw new AppError('not_found', 'There is no such run.')
  if (!isLive(run)) throw new AppError('conflict', `This run has ended: it is ${run.status}.`)
  const ledger = createLedger(now)
  const after = await work(run, { ledger, now }, now)
  await ledger.write(tx)
  return after
}
