/** Runs as people look at them. */
import type { Sql } from '../db/db.ts'
import { type RunRow, type RunStatus, runColumns } from './store/runs.ts'

export interface RunFilter {
  readonly status: RunStatus | null
  readonly attention: boolean
  readonly contactId: string | null
  readonly key: string | null
  /** Id of the last row before. */
  readonly before: string | null
  readonly limit: number
}

/** Newest first. What is said twice of the status lets a plan for any status use the index of those that do not wait. */
export function listRuns(sql: Sql, workspaceId: string, journeyId: string, filter: RunFilter) {
  return sql<RunRow[]>`
    select ${runColumns(sql)}
    from journey_runs r
    where r.workspace_id = ${workspaceId} and r.journey_id = ${journeyId}
      ${filter.before ? sql`and r.id < ${filter.before}` : sql``}
      ${filter.status ? sql`and r.status = ${filter.status}` : sql``}
      ${filter.status && filter.status !== 'waiting' ? sql`and r.status <> 'waiting'` : sql``}
      ${filter.attention ? sql`and r.attention` : sql``}
      ${filter.contactId ? sql`and r.contact_id = ${filter.contactId}` : sql``}
      ${filter.key ? sql`and r.key = ${filter.key}` : sql``}
    order by r.id desc
    limit ${filter.limit}
  `
}

/** Those that wait for a time or an event, or are held until one; next due first. */
export function listWaitingRuns(
  sql: Sql,
  workspaceId: string,
  journeyId: string,
  {
    after,
    step,
    limit,
  }: { after: { dueAt: string; id: string } | null; step: string | null; limit: number },
) {
  return sql<RunRow[]>`
    select ${runColumns(sql)}
    from journey_runs r
    where r.workspace_id = ${workspaceId} and r.journey_id = ${journeyId} and r.due_at is not null
      and r.status in ('waiting', 'held')
      ${after ? sql`and (r.due_at, r.id) > (${after.dueAt}::text::timestamptz, ${after.id}::uuid)` : sql``}
      ${step ? sql`and r.step = ${step}` : sql``}
    order by r.due_at, r.id
    limit ${limit}
  `
}

export async function findRun(sql: Sql, workspaceId: string, journeyId: string, id: string) {
  const [row] = await sql<RunRow[]>`
    select ${runColumns(sql)}
    from journey_runs r
    where r.workspace_id = ${workspaceId} and r.id = ${id} and r.journey_id = ${journeyId}
  `
  return row
}

export interface SentRow {
  readonly messageId: string
  readonly step: string
  readonly status: string
  readonly at: Date
}

/** What a run sent, in order. */
export function listSent(sql: Sql, workspaceId: string, runId: string, most: number) {
  return sql<SentRow[]>`
    select s.message_id, s.step, m.status, s.at
    from journey_sends s
    join messages m on m.workspace_id = s.workspace_id and m.id = s.message_id
    where s.workspace_id = ${workspaceId} and s.run_id = ${runId}
    order by s.at, s.message_id
    limit ${most}
  `
}
