/**
 * Begins the runs of journeys that go by the clock. Run and next time are one transaction under the
 * journey's lock, so of several processes one begins it, and a crash begins it before or not at
 * all. Times that passed while nobody worked, or the journey was paused, are made up for by one run
 * at most.
 */
import type { TransactionSql } from 'postgres'
import { holds } from '../conditions.ts'
import { type Facts, renderText } from '../facts.ts'
import { nextTime } from '../schedule.ts'
import type { JourneyDocument } from '../schema.ts'
import { hasRunInNeed } from '../store/runs.ts'
import {
  type DueSchedule,
  findDueSchedules,
  lockDueSchedule,
  saveNext,
} from '../store/schedules.ts'
import { runFacts } from './context.ts'
import type { EngineDeps } from './deps.ts'
import type { Journey } from './documents.ts'
import { endRuns } from './end.ts'
import { type Entry, enterRuns, keyOf } from './enter.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { isFault, wordsOf } from './walk.ts'

const AT_ONCE = 100 // journeys looked at together
/** Of all runs of a schedule whose trigger names none: while one is under way re_entry decides over the next. */
export const KEY = 'schedule'
/** Of the run that stands for those that could not begin. */
const FAULT_KEY = 'schedule (it could not begin)'

/** Answers how many were begun or reckoned. */
export async function beginScheduled(deps: EngineDeps): Promise<number> {
  const due = await findDueSchedules(deps.db.engine, deps.db.clock.now(), AT_ONCE)
  let done = 0
  for (const each of due) {
    try {
      if (await deps.inTurn((tx) => beginOne(tx, deps, each))) done++
    } catch (error) {
      deps.log.warn({ err: error, journey_id: each.id }, 'a schedule is tried again')
    }
  }
  return done
}

async function beginOne(tx: TransactionSql, deps: EngineDeps, due: DueSchedule): Promise<boolean> {
  const now = deps.db.clock.now()
  const row = await lockDueSchedule(tx, due, now)
  if (!row) return false
  const { workspaceId, id } = due
  const journey = (await deps.documents.live(tx, workspaceId)).find((each) => each.row.id === id)
  const schedule = journey?.document.trigger.schedule
  const workspace = await deps.directories.workspaces.get(workspaceId)
  if (row.nextAt && journey) await beginRun(tx, { deps, journey, workspaceId, at: row.nextAt, now })
  const nextAt = schedule ? nextTime(schedule, now, workspace.timeZone) : null
  await saveNext(tx, due, { nextAt, version: row.version })
  return true
}

interface Beginning {
  readonly deps: EngineDeps
  readonly journey: Journey
  readonly workspaceId: string
  /** As it was scheduled. */
  readonly at: Date
  readonly now: Date
}

async function beginRun(tx: TransactionSql, beginning: Beginning): Promise<void> {
  const { deps, journey, workspaceId, at, now } = beginning
  const { document, row } = journey
  const workspace = await deps.directories.workspaces.get(workspaceId)
  const event = { name: 'schedule', source: 'schedule', at: at.toISOString() }
  const begin = { id: '', key: '', startedAt: now, event, results: {} }
  const given = { document, settings: row.settings, workspace, person: undefined }
  const facts = runFacts(begin, given)
  const ledger = createLedger(now, deps.log)
  const entry = {
    ...{ workspaceId, journeyId: row.id, version: row.version, document, contactId: null },
    ...{ event, facts },
  }
  try {
    const key = keyIn(facts, document)
    if (key !== null) await enterRuns(tx, [{ ...entry, key }], { ledger, now })
  } catch (error) {
    if (!isFault(error)) throw error
    await tellFault(tx, entry, wordsOf(error), { ledger, now })
  }
  await ledger.write(tx)
}

/** Null: its condition lets none begin. */
function keyIn(facts: Facts, { trigger: { where, key } }: JourneyDocument): string | null {
  if (where && !holds(where, facts)) return null
  return keyOf(key ? renderText(key, facts) : KEY) || KEY
}

/** What cannot be worked out is a run that failed, for a person to see; one, however often its time comes. */
async function tellFault(
  tx: TransactionSql,
  entry: Omit<Entry, 'key'>,
  words: string,
  book: { ledger: Ledger; now: Date },
): Promise<void> {
  const { workspaceId, journeyId, version } = entry
  if (await hasRunInNeed(tx, workspaceId, { journeyId, version, key: FAULT_KEY })) return
  const document: JourneyDocument = { ...entry.document, re_entry: { policy: 'always' } }
  const runs = await enterRuns(tx, [{ ...entry, document, key: FAULT_KEY }], book)
  const why = { reason: 'step_failed', detail: `schedule: ${words}` }
  await endRuns(tx, runs, { status: 'failed', ...why, attention: true }, book)
}
