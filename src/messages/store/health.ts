/** How the senders of a workspace have done lately. */
import type { Sql } from '../../db/db.ts'

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
      select sender_id, count(*)::int as waiting, min(due_at) as oldest_due_at
      from (
        select sender_id, due_at from messages
        where workspace_id = ${workspaceId} and status = 'queued' and due_at <= ${now}
        limit ${most}
      ) w group by sender_id
    )
    select s.id as sender_id, coalesce(done.sent, 0) as sent, coalesce(done.failed, 0) as failed, done.p95_ms,
      done.last_sent_at, coalesce(waiting.waiting, 0) as waiting, waiting.oldest_due_at
    from senders s
    left join done on done.sender_id = s.id
    left join waiting on waiting.sender_id = s.id
    where s.workspace_id = ${workspaceId} and (done.sender_id is not null or waiting.sender_id is not null)
  `
}
