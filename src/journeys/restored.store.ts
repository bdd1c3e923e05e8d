/**
 * Journeys after a restore (RELIABILITY R29): runs that were to go on, times of schedules that passed
 * and events that may have been reacted to since the backup begin and send nothing by themselves.
 */
import type { Sql } from '../db/db.ts'
import { SUBSCRIBER } from './interests.ts'

export const RUN_HELD =
  'It was due to go on before this database was restored from a backup and may have done so since. `beckon redrive --status restored --yes` lets it.'

/** Runs that were to go on by now, or were at it. Answers how many. */
export async function holdRuns(sql: Sql, now: Date): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    with done as (
      update journey_runs
      set status = 'held', due_at = null, lease = null, leased_by = null, detail = ${RUN_HELD}, attention = true,
        trail = trail || jsonb_build_object('step', step, 'did', 'held', 'at', ${now.toISOString()}::text)
      where status in ('active', 'waiting', 'held') and (due_at <= ${now} or lease is not null)
      returning workspace_id, id, journey_id, contact_id, step
    ),
    noted as (
      insert into events (workspace_id, id, name, contact_id, at, recorded_at, source, properties)
      select workspace_id, gen_random_uuid(), 'journey.held', contact_id, ${now}, ${now}, 'restore',
        jsonb_build_object('journey_id', journey_id, 'run_id', id, 'step', step, 'reason', ${RUN_HELD}::text, 'until', null)
      from done
    )
    select count(*)::int as count from done
  `
  return row?.count ?? 0
}

/** Times that passed, of journeys in use; they go on with their next one. Answers how many. */
export async function holdSchedules(sql: Sql, now: Date): Promise<number> {
  const rows = await sql`
    update journeys
    set missed_at = next_at, next_at = '-infinity', next_version = null
    where status = 'active' and next_at <= ${now} and next_at > '-infinity'
  `
  return rows.count
}

/** Events that nobody had reacted to. Answers how many. */
export async function holdEvents(sql: Sql): Promise<number> {
  const rows = await sql`
    update event_queue set restored = true
    where subscriber = ${SUBSCRIBER} and due_at < 'infinity' and not restored
  `
  return rows.count
}

/** From now on what happened before then is held as well, whoever tells it again. */
export async function noteRestore(sql: Sql, now: Date): Promise<void> {
  await sql`update workspaces set restored_at = ${now}`
}

/** Oldest first. */
export async function listHeldRuns(
  sql: Sql,
  workspaceId: string,
  limit: number,
): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from journey_runs
    where workspace_id = ${workspaceId} and status = 'held' and attention and detail = ${RUN_HELD}
    order by id
    limit ${limit}
  `
  return rows.map(({ id }) => id)
}

/** Their runs begin now, one for each. Answers how many. */
export async function releaseSchedules(sql: Sql, workspaceId: string): Promise<number> {
  const rows = await sql`
    update journeys set next_at = missed_at, next_version = version, missed_at = null
    where workspace_id = ${workspaceId} and missed_at is not null and next_at is not null
  `
  return rows.count
}

export async function dropSchedules(sql: Sql, workspaceId: string): Promise<number> {
  const rows = await sql`
    update journeys set missed_at = null where workspace_id = ${workspaceId} and missed_at is not null
  `
  return rows.count
}

/** Journeys react to them in full. Answers how many. */
export async function releaseEvents(sql: Sql, workspaceId: string, now: Date): Promise<number> {
  const rows = await sql`
    update event_queue set restored = false, due_at = ${now}, attempt = 0, reason = null
    where workspace_id = ${workspaceId} and subscriber = ${SUBSCRIBER} and restored
  `
  return rows.count
}

export async function dropEvents(sql: Sql, workspaceId: string): Promise<number> {
  const rows = await sql`
    delete from event_queue
    where workspace_id = ${workspaceId} and subscriber = ${SUBSCRIBER} and restored and due_at = 'infinity'
  `
  return rows.count
}

export interface HeldSince {
  readonly messages: number
  readonly runs: number
  readonly schedules: number
  readonly events: number
}

/** What waits for a person; in all workspaces when none is named. Costs nothing where nothing was restored. */
export async function countHeld(sql: Sql, workspaceId: string | null): Promise<HeldSince> {
  const ours = workspaceId ? sql`workspace_id = ${workspaceId} and` : sql``
  const [row] = await sql<HeldSince[]>`
    select
      (select count(*)::int from messages where ${ours} status = 'held' and reason = 'restored') as messages,
      (select count(*)::int from journey_runs where ${ours} status = 'held' and attention and detail = ${RUN_HELD}) as runs,
      (select count(*)::int from journeys where ${ours} status = 'active' and missed_at is not null) as schedules,
      (select count(*)::int from event_queue where ${ours} subscriber = ${SUBSCRIBER} and restored) as events
    where exists (select from workspaces where restored_at is not null ${workspaceId ? sql`and id = ${workspaceId}` : sql``})
  `
  return row ?? { messages: 0, runs: 0, schedules: 0, events: 0 }
}
