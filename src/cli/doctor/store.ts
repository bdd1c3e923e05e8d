/** What `beckon doctor` asks the database. Changes nothing. */
import type postgres from 'postgres'
import type { Sql } from '../../db/db.ts'

export interface DatabaseServer {
  readonly version: string
  readonly versionNumber: number
  readonly user: string
  readonly superuser: boolean
}

export async function readServer(sql: Sql): Promise<DatabaseServer> {
  const [row] = await sql<DatabaseServer[]>`
    select current_setting('server_version') as version, current_setting('server_version_num')::int as version_number,
      rolname as user, rolsuper as superuser
    from pg_roles
    where rolname = current_user
  `
  return row!
}

export async function clockOffsetMs(sql: Sql): Promise<number> {
  const before = Date.now()
  const [row] = await sql<{ now: Date }[]>`select clock_timestamp() as now`
  const after = Date.now()
  const offset = (row?.now.getTime() ?? after) - (before + after) / 2
  return Math.abs(offset) <= after - before + 1 ? 0 : offset // within one round trip
}

/** Tried rather than looked up: what counts is that it works. */
export async function canBecome(sql: postgres.Sql, role: string): Promise<boolean> {
  const done = new Error('undo')
  try {
    await sql.begin(async (tx) => {
      await tx.unsafe(`set local role ${role === 'beckon_app' ? 'beckon_app' : 'beckon_engine'}`)
      throw done
    })
  } catch (error) {
    return error === done
  }
  return false
}

/** Workspaces and who signs in to them; DESIGN lists these few. */
const SHARED = ['memberships', 'sessions', 'one_time_tokens', 'api_keys']

/** Tables of workspaces whose rows are not kept apart. */
export async function tablesWithoutSecurity(sql: Sql): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select c.relname as name
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id' and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and not (c.relrowsecurity and c.relforcerowsecurity) and c.relname <> all(${SHARED})
    order by 1
  `
  return rows.map((row) => row.name)
}

export interface Workload {
  /** Messages' lanes that should have been served before `since`. */
  readonly overdueLanes: number
  readonly unknown: number
  readonly failed: number
  readonly callbacksFailed: number
  readonly callbacksWaiting: number
  readonly owners: number
}

/** Over all workspaces. `since` is how long ago due work should have been taken. */
export async function readWorkload(
  sql: Sql,
  { now, since, day }: { now: Date; since: Date; day: Date },
): Promise<Workload> {
  const [row] = await sql<Workload[]>`
    select
      (
        select count(*)::int from lanes l
        join senders s on s.workspace_id = l.workspace_id and s.id = l.sender_id
        where l.next_due < ${since} and s.status = 'active'
          and (s.breaker_open_until is null or s.breaker_open_until <= ${now})
      ) as overdue_lanes,
      (select count(*)::int from messages where status = 'unknown') as unknown,
      (select count(*)::int from messages where status = 'failed' and settled_at > ${day}) as failed,
      (select count(*)::int from callbacks where status = 'failed') as callbacks_failed,
      (select count(*)::int from callbacks where status = 'received' and due_at < ${since}) as callbacks_waiting,
      (select count(*)::int from memberships where role = 'owner' and is_active) as owners
  `
  return row!
}

export interface CallbacksSeen {
  readonly lastAt: Date | null
  /** When a handshake last failed for that reason. */
  readonly mismatchAt: Date | null
}

export async function readCallbacksOf(
  sql: Sql,
  workspaceId: string,
  source: string,
  mismatch: string,
): Promise<CallbacksSeen> {
  const [row] = await sql<CallbacksSeen[]>`
    select max(received_at) filter (where method = 'POST') as last_at,
      max(received_at) filter (where reason = ${mismatch}) as mismatch_at
    from callbacks
    where workspace_id = ${workspaceId} and source = ${source}
  `
  return row!
}
