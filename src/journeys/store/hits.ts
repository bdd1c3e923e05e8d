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
