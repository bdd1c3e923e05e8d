/** How the senders of a workspace have done lately. */
import type { Sql } from '../../db/db.ts'
import { priorityNumber } from './accept.ts'

export interface SenderFigures {
  readonly senderId: string
  readonly sent: number
  readonly failed: number
  /** From the moment at which it was due to the vendor's answer; null: nothing was sent. */
  readonly p95Ms: number | null
  readonly lastSentAt: Date | null
  readonly waiting: number
  readonly oldestDueAt: Date | null
}

interface Reach {
  /** What was sent or failed after this. */
  readonly from: Date
  readonly now: Date
  /** Messages made before it are not looked at, as ids. */
  readonly since: string
  /** Messages that are looked at, newest first, and counted as waiting. */
  readonly most: number
}

/** Those that have done anything or have to. */
export async function senderFigures(
  sql: Sql,
  workspaceId: string,
  { from, now, since, most }: Reach,
): Promise<SenderFigures[]> {
  return await sql<SenderFigures[]>`
    with recent as (
      select sender_id, status, due_at, sent_at, settled_at from messages
      where workspace_id = ${workspaceId} and id >= ${since}
      order by id desc
      limit ${most}
    ), done as (
      select sender_id,
        count(*) filter (where sent_at >= ${from})::int as sent,
        count(*) filter (where status = 'failed' and settled_at >= ${from})::int as failed,
        (percentile_cont(0.95) within group (order by extract(epoch from sent_at - due_at) * 1000)
          filter (where sent_at >= ${from}))::float8 as p95_ms,
        max(sent_at) as last_sent_at
      from recent group by sender_id
    ), waiting as (
      -- Lane by lane, as the index has them: millions that are scheduled for later are not walked through.
      select s.id as sender_id, count(*)::int as waiting, min(w.due_at) as oldest_due_at
      from senders s
      cross join unnest(${Object.values(priorityNumber)}::int[]) as lane (priority)
      cross join lateral (
        select due_at from messages
        where workspace_id = ${workspaceId} and sender_id = s.id and priority = lane.priority
          and status = 'queued' and due_at <= ${now}
        order by due_at
        limit ${most}
      ) w
      where s.workspace_id = ${workspaceId}
      group by s.id
    )
    select s.id as sender_id, coalesce(done.sent, 0) as sent, coalesce(done.failed, 0) as failed, done.p95_ms,
      done.last_sent_at, coalesce(waiting.waiting, 0) as waiting, waiting.oldest_due_at
    from senders s
    left join done on done.sender_id = s.id
    left join waiting on waiting.sender_id = s.id
    where s.workspace_id = ${workspaceId} and (done.sender_id is not null or waiting.sender_id is not null)
  `
}
