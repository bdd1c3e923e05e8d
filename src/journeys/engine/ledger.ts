/** What a transaction has to write beside its runs: events and counters, gathered and written once, and a word in the log. */
import type { Logger } from 'pino'
import type { TransactionSql } from 'postgres'
import { type EventInput, recordEvents } from '../../events/record.ts'
import { addCounts, type StepCount } from '../store/counts.ts'
import type { RunRow } from '../store/runs.ts'

export interface Ledger {
  entered(run: RunRow, step: string): void
  gone(run: RunRow, step: string): void
  tell(run: RunRow, name: string, properties: EventInput['properties']): void
  /** It failed, and the log is to say so. */
  needsPerson(run: RunRow): void
  write(tx: TransactionSql): Promise<void>
}

const MOST_LOGGED = 10 // runs of one transaction; more have one reason

/** Without a log where a person looks on anyway. */
export function createLedger(now: Date, log?: Pick<Logger, 'warn'>): Ledger {
  const counts = new Map<string, StepCount>()
  const events: EventInput[] = []
  const needy: RunRow[] = []
  const countOf = ({ workspaceId, journeyId, version }: RunRow, step: string): StepCount => {
    const key = `${workspaceId} ${journeyId} ${version} ${step}`
    const known = counts.get(key)
    if (known) return known
    const made = { workspaceId, journeyId, version, step, entered: 0, gone: 0 }
    counts.set(key, made)
    return made
  }
  return {
    entered(run, step) {
      countOf(run, step).entered++
    },
    gone(run, step) {
      countOf(run, step).gone++
    },
    tell({ workspaceId, contactId, journeyId, id }, name, properties) {
      events.push({
        ...{ workspaceId, contactId, name, at: now, source: 'journeys', messageId: null },
        properties: { journey_id: journeyId, run_id: id, ...properties },
      })
    },
    needsPerson(run) {
      needy.push(run)
    },
    async write(tx) {
      await recordEvents(tx, events, now)
      await addCounts(tx, [...counts.values()])
      for (const run of needy.slice(0, MOST_LOGGED)) log?.warn(wordsOf(run), 'a run needs a person')
      const more = needy.length - MOST_LOGGED
      if (more > 0) log?.warn({ runs: more }, 'more runs need a person')
    },
  }
}

const wordsOf = ({
  workspaceId,
  journeyId,
  id,
  contactId,
  failedStep,
  exitReason,
  detail,
}: RunRow) => ({
  ...{ workspace_id: workspaceId, journey_id: journeyId, run_id: id, contact_id: contactId },
  ...{ step: failedStep ?? null, reason: exitReason, detail },
})
