/** What is done for connections again and again, and the leases of those who do it. */
import type { Json, Sql } from '../../db/db.ts'
import { uuid7 } from '../../lib/uuid7.ts'

/** Keeps the webhook subscription alive; all other tasks are sources of the connector. */
export const SUBSCRIBE = 'subscribe'

export interface TaskRow {
  readonly workspaceId: string
  readonly connectionId: string
  readonly task: string
  readonly cursor: Json
  readonly dueAt: Date | null
  readonly attempts: number
  readonly lease: string | null
  readonly leaseUntil: Date | null
  readonly lastAt: Date | null
  readonly lastError: string | null
  readonly limited: boolean
}

/** With the run under way, if there is one. */
export interface ListedTask extends TaskRow {
  readonly startedAt: Date | null
  readonly records: number | null
  readonly expected: number | null
}

type TaskKey = Pick<TaskRow, 'workspaceId' | 'connectionId' | 'task'>
export type Leased = TaskRow & { readonly lease: string }

const columns = (sql: Sql) => sql`
  t.workspace_id, t.connection_id, t.task, t.cursor, t.due_at, t.attempts, t.lease, t.lease_until, t.last_at, t.last_error, t.limited
`

export async function listTasks(
  sql: Sql,
  workspaceId: string,
  connectionIds: readonly string[],
): Promise<ListedTask[]> {
  return await sql<ListedTask[]>`
    select ${columns(sql)}, r.started_at, r.records, r.expected
    from connection_tasks t
    left join sync_runs r on r.workspace_id = t.workspace_id and r.id = t.lease and r.status = 'running'
    where t.workspace_id = ${workspaceId} and t.connection_id = any(${[...connectionIds]}::uuid[])
    order by t.connection_id, t.task
  `
}

/** Makes a task, or changes when it is due; `anew` forgets how far it is and stops who is at it. */
export async function scheduleTask(
  sql: Sql,
  key: TaskKey,
  dueAt: Date | null,
  { anew = false }: { anew?: boolean } = {},
): Promise<void> {
  await sql`
    insert into connection_tasks as t (workspace_id, connection_id, task, due_at)
    values (${key.workspaceId}, ${key.connectionId}, ${key.task}, ${dueAt})
    on conflict (workspace_id, connection_id, task) do update
    set due_at = excluded.due_at,
      attempts = 0,
      cursor = case when ${anew} then null else t.cursor end,
      lease = case when ${anew} then null else t.lease end
  `
}

/** The next due one that nobody works on, or whose worker has been silent for longer than its lease. */
export async function claimTask(
  sql: Sql,
  now: Date,
  leaseUntil: Date,
  { processId = null, only = null }: { processId?: string | null; only?: TaskKey | null } = {},
): Promise<Leased | undefined> {
  const lease = uuid7(+now)
  const [row] = await sql<Leased[]>`
    with due as (
      select t.workspace_id, t.connection_id, t.task, t.lease as before
      from connection_tasks t
      join connections c on c.workspace_id = t.workspace_id and c.id = t.connection_id
      where t.due_at <= ${now} and (t.lease is null or t.lease_until <= ${now}) and c.status = 'active'
        ${only ? sql`and t.workspace_id = ${only.workspaceId} and t.connection_id = ${only.connectionId} and t.task = ${only.task}` : sql``}
      order by t.due_at
      limit 1
      for update of t skip locked
    ), abandoned as (
      update sync_runs r set status = 'abandoned', ended_at = ${now}
      from due
      where r.workspace_id = due.workspace_id and r.id = due.before and r.status = 'running'
    ), begun as (
      insert into sync_runs (workspace_id, id, connection_id, task, status, started_at)
      select workspace_id, ${lease}::uuid, connection_id, task, 'running', ${now}::timestamptz from due
    )
    update connection_tasks t
    set lease = ${lease}::uuid, lease_until = ${leaseUntil}, leased_by = ${processId}
    from due
    where t.workspace_id = due.workspace_id and t.connection_id = due.connection_id and t.task = due.task
    returning ${columns(sql)}
  `
  return row
}

/**
 * What dead processes were at, or those that nobody knows any more, is free for others at once. Locked
 * in the order of lockConnection; what somebody else holds is looked at again the next time.
 */
export async function freeTasks(sql: Sql, dead: readonly string[], now: Date): Promise<void> {
  await sql`
    with orphaned as (
      select t.workspace_id, t.connection_id, t.task
      from connection_tasks t
      where t.lease is not null and t.lease_until > ${now} and t.leased_by is not null
        and (t.leased_by = any(${[...dead]}::uuid[]) or not exists (select from processes p where p.id = t.leased_by))
      order by t.workspace_id, t.connection_id, t.task = ${SUBSCRIBE}, t.task
      for update of t skip locked
    )
    update connection_tasks t
    set lease_until = ${now}
    from orphaned o
    where t.workspace_id = o.workspace_id and t.connection_id = o.connection_id and t.task = o.task
  `
}

/** False when somebody else has the task now: nothing that follows may be written. */
export async function holdTask(
  sql: Sql,
  task: Leased,
  { leaseUntil, cursor }: { leaseUntil: Date; cursor?: Json },
): Promise<boolean> {
  const given = cursor !== undefined
  const rows = await sql`
    update connection_tasks
    set lease_until = ${leaseUntil},
      cursor = case when ${given} then ${given ? JSON.stringify(cursor) : null}::text::jsonb else cursor end
    where workspace_id = ${task.workspaceId} and connection_id = ${task.connectionId} and task = ${task.task}
      and lease = ${task.lease}
    returning task
  `
  return rows.length > 0
}

export interface Ending {
  readonly status: 'done' | 'failed' | 'abandoned' | 'limited'
  readonly dueAt: Date | null
  readonly error: string | null
}

/** False when somebody else has the task now. */
export async function endTask(sql: Sql, task: Leased, ending: Ending, now: Date): Promise<boolean> {
  const done = ending.status === 'done'
  const rows = await sql`
    with ended as (
      update sync_runs set status = ${ending.status}, ended_at = ${now}, error = ${ending.error}
      where workspace_id = ${task.workspaceId} and id = ${task.lease} and status = 'running'
    )
    update connection_tasks
    set lease = null, lease_until = null, leased_by = null,
      due_at = ${ending.dueAt}::timestamptz,
      attempts = case when ${done} then 0 when ${ending.status === 'failed'} then attempts + 1 else attempts end,
      last_at = case when ${done} then ${now}::timestamptz else last_at end,
      last_error = case when ${ending.status === 'abandoned'} then last_error else ${ending.error} end,
      limited = ${ending.status === 'limited'}
    where workspace_id = ${task.workspaceId} and connection_id = ${task.connectionId} and task = ${task.task}
      and lease = ${task.lease}
    returning task
  `
  return rows.length > 0
}

/** Due at once. Answers how many of them there are. */
export async function dueNow(
  sql: Sql,
  key: Pick<TaskRow, 'workspaceId' | 'connectionId'>,
  tasks: readonly string[],
  now: Date,
): Promise<number> {
  const rows = await sql`
    update connection_tasks set due_at = ${now}, attempts = 0
    where workspace_id = ${key.workspaceId} and connection_id = ${key.connectionId} and task = any(${[...tasks]}::text[])
  `
  return rows.count
}

/** Looks after the subscription sooner, unless that was done after `before` or is not done at all. */
export async function subscribeSooner(
  sql: Sql,
  key: Pick<TaskRow, 'workspaceId' | 'connectionId'>,
  before: Date,
  now: Date,
): Promise<void> {
  await sql`
    update connection_tasks set due_at = ${now}
    where workspace_id = ${key.workspaceId} and connection_id = ${key.connectionId} and task = ${SUBSCRIBE}
      and due_at > ${now} and (last_at is null or last_at < ${before})
  `
}
