/** Opens and clicks of messages, as they are judged now. */
import type { Sql } from '../../db/db.ts'

export interface Hit {
  readonly eventId: string
  /** When its message went out; null: that is not known. */
  readonly sentAt: Date | null
  readonly class: string
  readonly reason: string
}

export function readHits(
  sql: Sql,
  workspaceId: string,
  events: readonly { id: string; messageId: string | null }[],
) {
  return sql<Hit[]>`
    select e.event_id, m.sent_at, e.class, e.reason
    from unnest(${events.map(({ messageId }) => messageId)}::uuid[], ${events.map(({ id }) => id)}::uuid[]) as w (message_id, event_id)
    join engagements e on e.workspace_id = ${workspaceId} and e.message_id = w.message_id and e.event_id = w.event_id
    left join messages m on m.workspace_id = e.workspace_id and m.id = e.message_id
  `
}

/**
 * Events of messages that went out since then, which a subscriber has not been told of yet, by who waits for one of
 * that name: when the last of them is due.
 */
export function findPending(
  sql: Sql,
  subscriber: string,
  waiting: readonly { workspaceId: string; id: string; contactId: string; name: string }[],
  since: Date,
) {
  return sql<{ id: string; dueAt: Date }[]>`
    select w.id, max(q.due_at) as due_at
    from unnest(
      ${waiting.map((each) => each.workspaceId)}::uuid[], ${waiting.map((each) => each.id)}::uuid[],
      ${waiting.map((each) => each.contactId)}::uuid[], ${waiting.map((each) => each.name)}::text[]
    ) as w (workspace_id, id, contact_id, name)
    join messages m on m.workspace_id = w.workspace_id and m.contact_id = w.contact_id and m.sent_at >= ${since}
    join events e on e.workspace_id = m.workspace_id and e.message_id = m.id and e.name = w.name
      and e.recorded_at >= ${since}
    join event_queue q on q.workspace_id = e.workspace_id and q.subscriber = ${subscriber} and q.event_id = e.id
      and q.due_at < 'infinity'
    group by w.id
  `
}

/** Those of the contacts with runs that do not wait, but are to be taken on now. */
export async function findOnTheirWay(
  sql: Sql,
  workspaceId: string,
  contactIds: readonly string[],
): Promise<string[]> {
  const rows = await sql<{ contactId: string }[]>`
    select distinct contact_id from journey_runs
    where workspace_id = ${workspaceId} and contact_id = any(${[...contactIds]}::uuid[]) and status = 'active'
  `
  return rows.map((row) => row.contactId)
}
