/** What a transaction has to write beside its runs: events and counters, gathered and written once. */
import type { TransactionSql } from 'postgres'
import { type EventInput, recordEvents } from '../../events/record.ts'
import { addCounts, type StepCount } from '../store/counts.ts'
import type { RunRow } from '../store/runs.ts'

export interface Ledger {
  entered(run: RunRow, step: string): void
  gone(run: RunRow, step: string): void
  tell(run: RunRow, name: string, properties: EventInput['properties']): void
  write(tx: TransactionSql): Promise<void>
}

export function createLedger(now: Date): Ledger {
  const counts = new Map<string, StepCount>()
  const events: EventInput[] = []
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
    async write(tx) {
      await recordEvents(tx, events, now)
      await addCounts(tx, [...counts.values()])
    },
  }
}
