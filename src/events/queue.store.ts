/** The queue of events that subscribers have not reacted to. Filled by a trigger on `events`. */
import { asText, type Sql } from '../db/db.ts'
import type { Event } from './store.ts'

export interface QueuedEvent extends Readonly<Event> {
  /** It happened before a restore and may have been reacted to since the backup. */
  readonly restored?: boolean
}

/** Workspaces in which something is due; each is found by one step through the index, however much waits. */
export async function workspacesWithEvents(
  sql: Sql,
  subscriber: string,
  now: Date,
): Promise<string[]> {
  const rows = await sql<{ workspaceId: string }[]>`
    with recursive next as (
      (
        select workspace_id from event_queue where subscriber = ${subscriber} order by workspace_id limit 1
      )
      union all
      select (
        select q.workspace_id from event_queue q
        where q.subscriber = ${subscriber} and q.workspace_id > next.workspace_id
        order by q.workspace_id limit 1
      )
      from next
      where next.workspace_id is not null
    )
    select workspace_id
    from next
    where exists (
      select from event_queue q
      where q.subscriber = ${subscriber} and q.workspace_id = next.workspace_id and q.due_at <= ${now}
    )
  `
  return rows.map((row) => row.workspaceId)
}

/** Locks what is due, oldest first; what another process has in hand is left out. */
export function takeEvents(
  sql: Sql,
  { workspaceId, subscriber }: { workspaceId: string; subscriber: string },
  { now, limit }: { now: Date; limit: number },
) {
  return sql<QueuedEvent[]>`
    with taken as materialized (
      select workspace_id, event_id, recorded_at, due_at, restored
      from event_queue
      where subscriber = ${subscriber} and workspace_id = ${workspaceId} and due_at <= ${now}
      order by due_at, event_id
      limit ${limit}
      for update skip locked
    )
    select e.id, e.name, e.contact_id, e.message_id, e.at, e.recorded_at, e.source, e.properties, t.restored
    from taken t
    join events e on e.workspace_id = t.workspace_id and e.recorded_at = t.recorded_at and e.id = t.event_id
    order by t.due_at, t.event_id
  `
}

/** Takes out what was reacted to, and what is due of events that are gone. */
export async function dropEvents(
  sql: Sql,
  { workspaceId, subscriber }: { workspaceId: string; subscriber: string },
  ids: readonly string[],
): Promise<void> {
  await sql`
    delete from event_queue
    where workspace_id = ${workspaceId} and subscriber = ${subscriber} and event_id = any(${[...ids]}::uuid[])
  `
}

/** What is due although its event was dropped with its month. */
export async function dropLost(
  sql: Sql,
  { workspaceId, subscriber }: { workspaceId: string; subscriber: string },
  { now, limit }: { now: Date; limit: number },
): Promise<void> {
  await sql`
    delete from event_queue
    where (workspace_id, subscriber, event_id) in (
      select q.workspace_id, q.subscriber, q.event_id
      from event_queue q
      where q.subscriber = ${subscriber} and q.workspace_id = ${workspaceId} and q.due_at <= ${now}
        and not exists (
          select from events e
          where e.workspace_id = q.workspace_id and e.recorded_at = q.recorded_at and e.id = q.event_id
        )
      limit ${limit}
      for update skip locked
    )
  `
}

/** Ids of what is due, for going through one by one. */
export async function dueEventIds(
  sql: Sql,
  { workspaceId, subscriber }: { workspaceId: string; subscriber: string },
  { now, limit }: { now: Date; limit: number },
): Promise<string[]> {
  const rows = await sql<{ eventId: string }[]>`
    select event_id
    from event_queue
    where subscriber = ${subscriber} and workspace_id = ${workspaceId} and due_at <= ${now}
    order by due_at, event_id
    limit ${limit}
  `
  return rows.map((row) => row.eventId)
}

/** One event, locked; undefined when somebody else has it or has had it. */
export async function takeEvent(
  sql: Sql,
  { workspaceId, subscriber }: { workspaceId: string; subscriber: string },
  eventId: string,
): Promise<(QueuedEvent & { attempt: number }) | undefined> {
  const [row] = await sql<(QueuedEvent & { attempt: number })[]>`
    with taken as materialized (
      select workspace_id, event_id, recorded_at, attempt, restored
      from event_queue
      where workspace_id = ${workspaceId} and subscriber = ${subscriber} and event_id = ${eventId}
      for update skip locked
    )
    select e.id, e.name, e.contact_id, e.message_id, e.at, e.recorded_at, e.source, e.properties, t.attempt, t.restored
    from taken t
    join events e on e.workspace_id = t.workspace_id and e.recorded_at = t.recorded_at and e.id = t.event_id
  `
  return row
}

/** They are looked at again when their time has come. */
export async function deferEvents(
  sql: Sql,
  { workspaceId, subscriber }: { workspaceId: string; subscriber: string },
  later: ReadonlyMap<string, Date>,
): Promise<void> {
  if (later.size === 0) return
  await sql`
    update event_queue q
    set due_at = w.due_at
    from unnest(${[...later.keys()]}::uuid[], ${asText([...later.values()])}::timestamptz[]) as w (event_id, due_at)
    where q.workspace_id = ${workspaceId} and q.subscriber = ${subscriber} and q.event_id = w.event_id
  `
}

/** They are kept, until a person lets them be reacted to in full or drops them. */
export async function parkEvents(
  sql: Sql,
  { workspaceId, subscriber }: { workspaceId: string; subscriber: string },
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return
  await sql`
    update event_queue set due_at = 'infinity', attempt = 0
    where workspace_id = ${workspaceId} and subscriber = ${subscriber} and event_id = any(${[...ids]}::uuid[])
  `
}

/** Notes a failure. Without a next time it is kept for people to see. */
export async function postponeEvent(
  sql: Sql,
  { workspaceId, subscriber }: { workspaceId: string; subscriber: string },
  failure: { eventId: string; nextAt: Date | null; reason: string },
): Promise<void> {
  await sql`
    update event_queue
    set attempt = attempt + 1, reason = ${failure.reason},
      due_at = coalesce(${failure.nextAt}::timestamptz, 'infinity')
    where workspace_id = ${workspaceId} and subscriber = ${subscriber} and event_id = ${failure.eventId}
  `
}
