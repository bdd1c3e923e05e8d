/** Runs as they go out. */
import type { RunDetail, RunView } from './runs.schema.ts'
import type { SentRow } from './runs.store.ts'
import type { RunRow } from './store/runs.ts'

export function runView(row: RunRow): RunView {
  return {
    id: row.id,
    journey_id: row.journeyId,
    version: row.version,
    contact_id: row.contactId,
    key: row.key,
    status: row.status,
    step: row.step,
    entered_step_at: row.enteredStepAt?.toISOString() ?? null,
    due_at: instant(row.dueAt),
    attempt: row.attempt,
    reason: row.exitReason,
    detail: row.detail,
    attention: row.attention,
    started_at: row.startedAt.toISOString(),
    ended_at: row.endedAt?.toISOString() ?? null,
  }
}

export function runDetail(row: RunRow, sent: readonly SentRow[]): RunDetail {
  return {
    ...runView(row),
    event: { ...row.event },
    results: { ...row.results },
    trail: [...(row.trail ?? [])],
    messages: sent.map(({ messageId, step, status, at }) => ({
      ...{ id: messageId, step, status },
      at: at.toISOString(),
    })),
  }
}

/** Infinity, which the driver reads as no date, is never. */
const instant = (at: Date | null) =>
  at === null || Number.isNaN(at.getTime()) ? null : at.toISOString()
