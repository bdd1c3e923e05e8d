/** Token buckets of senders, shared by all processes. */
import type { Sql } from '../../db/db.ts'

/**
 * Takes up to `wanted` tokens from a sender's bucket, filled at `perSecond` to one second's
 * worth. Answers how many were granted; all processes share the bucket.
 */
export async function takeTokens(
  sql: Sql,
  sender: { workspaceId: string; id: string },
  options: { perSecond: number; wanted: number; now: Date },
): Promise<number> {
  const { perSecond, wanted, now } = options
  const capacity = Math.max(1, perSecond)
  const [row] = await sql<{ granted: number }[]>`
    with bucket as (
      insert into sender_pacing as p (workspace_id, sender_id, tokens, refilled_at)
      values (${sender.workspaceId}, ${sender.id}, ${capacity}, ${now})
      on conflict (workspace_id, sender_id) do update
      set tokens = least(${capacity}::double precision,
          p.tokens + ${perSecond}::double precision * greatest(0, extract(epoch from ${now}::timestamptz - p.refilled_at))),
        refilled_at = greatest(p.refilled_at, ${now}::timestamptz)
      returning tokens
    )
    select least(${wanted}::int, floor(tokens)::int) as granted from bucket
  `
  const granted = row?.granted ?? 0
  if (granted > 0) await giveTokens(sql, sender, -granted)
  return granted
}

/** Returns tokens that were not used; a negative number takes them. */
export async function giveTokens(
  sql: Sql,
  sender: { workspaceId: string; id: string },
  tokens: number,
): Promise<void> {
  await sql`
    update sender_pacing
    set tokens = tokens + ${tokens}
    where workspace_id = ${sender.workspaceId} and sender_id = ${sender.id}
  `
}
