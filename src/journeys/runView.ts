/** Runs as they go out. */
import type { Sql } from '../db/db.ts'
import type { Auth } from '../workspaces/auth.ts'
import type { RunDetail, RunView } from './runs.schema.ts'
import type { SentRow } from './runs.store.ts'
import { readPeople } from './store/people.ts'
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

/** What to call whom each run is for, for those who may know. */
export async function namesOf(
  tx: Sql,
  { workspaceId, scopes }: Pick<Auth, 'workspaceId' | 'scopes'>,
  rows: readonly RunRow[],
): Promise<(row: RunRow) => string | null> {
  const ids = scopes.has('contacts:read') ? rows.flatMap(({ contactId }) => contactId ?? []) : []
  const people = await readPeople(tx, workspaceId, ids)
  return ({ contactId }) => {
    const person = people.get(contactId ?? '')
    return person ? (person.name ?? person.email ?? person.phone ?? person.externalId) : null
  }
}

export function runDetail(
  row: RunRow,
  sent: readonly SentRow[],
  contactName: string | null,
): RunDetail {
  return {
    ...runView(row),
    contact_name: contactName,
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
