/** Pulls that were made, for people to see. */
import type { Sql } from '../../db/db.ts'
import type { RunStatus } from '../schema.ts'

export interface RunRow {
  readonly id: string
  readonly connectionId: string
  readonly task: string
  readonly status: RunStatus
  readonly pages: number
  readonly records: number
  readonly events: number
  readonly expected: number | null
  readonly error: string | null
  readonly startedAt: Date
  readonly endedAt: Date | null
}

const columns = (sql: Sql) =>
  sql`id, connection_id, task, status, pages, records, events, expected, error, started_at, ended_at`

/** Newest first. */
export async function listRuns(
  sql: Sql,
  workspaceId: string,
  filter: {
    connectionId: string | undefined
    status: RunStatus | undefined
    before: string | undefined
    limit: number
  },
): Promise<RunRow[]> {
  return await sql<RunRow[]>`
    select ${columns(sql)} from sync_runs
    where workspace_id = ${workspaceId}
      and (${filter.connectionId ?? null}::uuid is null or connection_id = ${filter.connectionId ?? null})
      and (${filter.status ?? null}::text is null or status = ${filter.status ?? null})
      and (${filter.before ?? null}::uuid is null or id < ${filter.before ?? null})
    order by id desc
    limit ${filter.limit}
  `
}

export async function findRun(
  sql: Sql,
  workspaceId: string,
  id: string,
): Promise<RunRow | undefined> {
  const [row] = await sql<RunRow[]>`
    select ${columns(sql)} from sync_runs where workspace_id = ${workspaceId} and id = ${id}
  `
  return row
}

export async function addToRun(
  sql: Sql,
  { workspaceId, id }: { workspaceId: string; id: string },
  page: { records: number; events: number; of: number | null },
): Promise<void> {
  await sql`
    update sync_runs
    set pages = pages + 1, records = records + ${page.records}, events = events + ${page.events},
      expected = coalesce(${page.of}, expected)
    where workspace_id = ${workspaceId} and id = ${id}
  `
}

export async function forgetRuns(
  sql: Sql,
  key: { workspaceId: string; connectionId: string; task: string },
  before: Date,
): Promise<void> {
  await sql`
    delete from sync_runs
    where workspace_id = ${key.workspaceId} and connection_id = ${key.connectionId} and task = ${key.task}
      and ended_at < ${before}
  `
}
