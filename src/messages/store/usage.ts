/** What a sender has to send, has sent lately, and how full its bucket is. */
import type { Sql } from '../../db/db.ts'

interface UsageRow {
  readonly waiting: number
  readonly lastHour: number
  readonly tokens: number | null
  readonly idleSeconds: number | null
}

/** Neither count goes beyond `most`. */
export async function findUsage(
  sql: Sql,
  sender: { workspaceId: string; id: string },
  { now, since, most }: { now: Date; since: string; most: number },
): Promise<UsageRow> {
  const { workspaceId, id } = sender
  const [row] = await sql<UsageRow[]>`
    select
      (
        select count(*)::int from (
          select 1 from messages
          where workspace_id = ${workspaceId} and sender_id = ${id} and status in ('scheduled', 'queued', 'held')
          limit ${most}
        ) waiting
      ) as waiting,
      (
        select count(*)::int from (
          select 1 from messages
          where workspace_id = ${workspaceId} and id >= ${since} and sender_id = ${id} and sent_at is not null
          limit ${most}
        ) sent
      ) as last_hour,
      pacing.tokens, extract(epoch from ${now}::timestamptz - pacing.refilled_at)::float8 as idle_seconds
    from (select 1) one
    left join sender_pacing pacing on pacing.workspace_id = ${workspaceId} and pacing.sender_id = ${id}
  `
  return row ?? { waiting: 0, lastHour: 0, tokens: null, idleSeconds: null }
}
