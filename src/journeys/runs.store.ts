/** Runs as people look at them. */
import type { Sql } from '../db/db.ts'
import { type RunRow, type RunStatus, runColumns, type Trace } from './store/runs.ts'

export interface RunFilter {
  readonly status: RunStatus | null
  readonly attention: boolean
  readonly contactId: string | null
  readonly key: string | null
  /** Those that have left this step, or failed at it. */
  readonly left?: string | null
  readonly failed?: string | null
  readonly version?: number | null
  /** Id of the last row before. */
  readonly before: string | null
  /** Ids from this one on. */
  readonly since?: string | null
  readonly limit: number
}

/** It went on from there or ended there; a hold is no leaving. */
function leftAt(sql: Sql, step: string) {
  const deed = (did: Trace['did']) => JSON.stringify([{ step, did }])
  return sql`
    r.trail @> ${deed('went_on')}::text::jsonb or r.trail @> ${deed('ended')}::text::jsonb
    or r.trail @> ${deed('failed')}::text::jsonb or r.trail @> ${deed('skipped')}::text::jsonb
  `
}

/** Newest first. What is said twice of the status lets a plan for any status use the index of those that do not wait. */
export function listRuns(sql: Sql, workspaceId: string, journeyId: string, filter: RunFilter) {
  return sql<RunRow[]>`
    select ${runColumns(sql)}
    from journey_runs r
    where r.workspace_id = ${workspaceId} and r.journey_id = ${journeyId}
      ${filter.before ? sql`and r.id < ${filter.before}` : sql``}
      ${filter.since ? sql`and r.id >= ${filter.since}` : sql``}
      ${filter.status ? sql`and r.status = ${filter.status}` : sql``}
      ${filter.status && filter.status !== 'waiting' ? sql`and r.status <> 'waiting'` : sql``}
      ${filter.attention ? sql`and r.attention` : sql``}
      ${filter.contactId ? sql`and r.contact_id = ${filter.contactId}` : sql``}
      ${filter.key ? sql`and r.key = ${filter.key}` : sql``}
      ${filter.version ? sql`and r.version = ${filter.version}` : sql``}
      ${filter.failed ? sql`and r.status = 'failed' and r.status <> 'waiting' and r.failed_step = ${filter.failed}` : sql``}
      ${filter.left ? sql`and (${leftAt(sql, filter.left)})` : sql``}
    order by r.id desc
    limit ${filter.limit}
  `
}

/** The id `span` runs before `before`, among those that an index leads to; null when there are fewer. */
export async function findRunBack(
  sql: Sql,
  workspaceId: string,
  journeyId: string,
  filter: RunFilter & { readonly span: number },
): Promise<string | null> {
  const status = filter.failed ? 'failed' : filter.status
  const [row] = await sql<{ id: string }[]>`
    select r.id from journey_runs r
    where r.workspace_id = ${workspaceId} and r.journey_id = ${journeyId}
      ${filter.before ? sql`and r.id < ${filter.before}` : sql``}
      ${filter.attention ? sql`and r.attention` : sql``}
      ${!filter.attention && status && status !== 'waiting' ? sql`and r.status = ${status} and r.status <> 'waiting'` : sql``}
    order by r.id desc
    offset ${filter.span}
    limit 1
  `
  return row?.id ?? null
}

/** Those that wait for a time or an event, or are held until one; next due first. */
export function listWaitingRuns(
  sql: Sql,
  workspaceId: string,
  journeyId: string,
  {
    after,
    step,
    version,
    limit,
  }: {
    after: { dueAt: string; id: string } | null
    step: string | null
    version: number | null
    limit: number
  },
) {
  return sql<RunRow[]>`
    select ${runColumns(sql)}
    from journey_runs r
    where r.workspace_id = ${workspaceId} and r.journey_id = ${journeyId} and r.due_at is not null
      and r.status in ('waiting', 'held')
      ${after ? sql`and (r.due_at, r.id) > (${after.dueAt}::text::timestamptz, ${after.id}::uuid)` : sql``}
      ${step ? sql`and r.step = ${step}` : sql``}
      ${version ? sql`and r.version = ${version}` : sql``}
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
