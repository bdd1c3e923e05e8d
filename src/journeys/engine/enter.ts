/** Lets runs begin, as the journey's re-entry rule allows. */
import { createHash } from 'node:crypto'
import type { TransactionSql } from 'postgres'
import { uuid7 } from '../../lib/uuid7.ts'
import { reEntryOf } from '../defaults.ts'
import { type Facts, renderAmount } from '../facts.ts'
import type { JourneyDocument } from '../schema.ts'
import { type Again, takeKeys } from '../store/keys.ts'
import { type Carried, insertRuns, type RunRow } from '../store/runs.ts'
import type { Ledger } from './ledger.ts'
import { isFault } from './walk.ts'

const DAY_MS = 86_400_000
const MAX_KEY = 500 // characters; longer ones are hashed

export interface Entry {
  readonly workspaceId: string
  readonly journeyId: string
  readonly version: number
  readonly document: JourneyDocument
  readonly contactId: string | null
  readonly key: string
  readonly event: Carried
  readonly facts: Facts
}

/** Answers the runs that began, in order; refused ones are left out. */
export async function enterRuns(
  tx: TransactionSql,
  entries: readonly Entry[],
  { ledger, now }: { ledger: Ledger; now: Date },
): Promise<RunRow[]> {
  const begun: RunRow[] = []
  let waiting = entries.map((entry) => ({
    ...{ entry, run: newRun(entry, now) },
    again: againOf(entry, now),
  }))
  while (waiting.length > 0) {
    const { round, rest } = nextRound(waiting)
    const alike = ({ run, again }: Waiting) => `${run.journeyId} ${JSON.stringify(again)}`
    for (const group of Map.groupBy(round, alike).values()) {
      const { entry, again } = group[0]!
      const where = { ...entry, again, now }
      const rows = group.map(({ run: { id, key, contactId } }) => {
        return { key, runId: id, contactId: key === contactId ? contactId : null }
      })
      const taken = await takeKeys(tx, where, rows)
      begun.push(...group.flatMap(({ run }) => (taken.has(run.id) ? [run] : [])))
    }
    waiting = rest
  }
  await insertRuns(tx, begun)
  for (const run of begun) {
    ledger.tell(run, 'journey.entered', { key: run.key })
    if (run.step !== null) ledger.entered(run, run.step)
  }
  return begun
}

type Waiting = { readonly entry: Entry; readonly run: RunRow; readonly again: Again }

/** A statement takes each key once; who comes again comes in the next round. */
function nextRound(waiting: readonly Waiting[]): { round: Waiting[]; rest: Waiting[] } {
  const seen = new Set<string>()
  const round: Waiting[] = []
  const rest: Waiting[] = []
  for (const each of waiting) {
    const key = `${each.run.journeyId} ${each.run.key}`
    if (seen.has(key)) rest.push(each)
    else round.push(each)
    seen.add(key)
  }
  return { round, rest }
}

/** Where nobody knows for how long somebody is kept out, they enter once. */
function againOf({ document, facts }: Entry, now: Date): Again {
  const { policy, days = 0 } = reEntryOf(document)
  if (policy !== 'after') return { policy }
  try {
    return { policy, before: new Date(+now - renderAmount(days, facts) * DAY_MS) }
  } catch (error) {
    if (!isFault(error)) throw error
    return { policy: 'once' }
  }
}

/** As it is stored: bounded, and nothing in it that the database cannot hold. */
export function keyOf(text: string): string {
  const clean = text.toWellFormed().replaceAll('\0', '').trim()
  if (clean.length <= MAX_KEY) return clean
  return `sha256:${createHash('sha256').update(clean).digest('hex')}`
}

function newRun(entry: Entry, now: Date): RunRow {
  const { workspaceId, journeyId, version, contactId, document } = entry
  return {
    ...{ workspaceId, journeyId, version, contactId, event: entry.event },
    id: uuid7(),
    key: entry.key,
    status: 'active',
    step: document.steps[0]?.id ?? null,
    failedStep: null,
    enteredStepAt: now,
    dueAt: now,
    results: {},
    attempt: 0,
    lease: null,
    leasedBy: null,
    exitReason: null,
    detail: null,
    attention: false,
    startedAt: now,
    endedAt: null,
  }
}
