/**
 * Counts who comes and goes, in the statement or transaction that does it. In are contacts that were
 * not merged into another and did not say no to everything (topic `*`, channel `*`), so that
 *
 *   new + returned − unsubscribed − deleted − merged = how many are in
 *
 * Whoever leaves twice, unsubscribed first and erased then, left once.
 */
import type { PendingQuery, Row } from 'postgres'
import type { Sql } from '../db/db.ts'

type Change = 'new' | 'returned' | 'unsubscribed' | 'deleted' | 'merged'

/** Adds what `changes` selects: workspace_id, at, change and, in that order, n. */
export const addGrowth = (sql: Sql, changes: PendingQuery<Row[]>) => sql`
  insert into contact_growth as g (workspace_id, quarter, change, n)
  select workspace_id, date_bin('15 minutes', at, 'epoch'), change, sum(n)
  from (${changes}) c
  group by 1, 2, 3
  order by 1, 2, 3
  on conflict (workspace_id, quarter, change, writer) do update set n = g.n + excluded.n
`

/** How many of these are in. */
export async function countIn(
  sql: Sql,
  workspaceId: string,
  ids: readonly string[],
): Promise<number> {
  const [row] = await sql<{ n: number }[]>`
    select count(*)::int as n
    from contacts c
    where workspace_id = ${workspaceId} and id = any(${ids}::uuid[]) and merged_into is null
      and not ${saidNo(sql)}
  `
  return row?.n ?? 0
}

/** Whether `c` said no to everything. */
export const saidNo = (sql: Sql) => sql`
  exists (
    select from consent_states s
    where s.workspace_id = c.workspace_id and s.contact_id = c.id and s.topic = '*' and s.channel = '*' and not s.granted
  )
`

export async function noteGrowth(
  sql: Sql,
  workspaceId: string,
  { change, n }: { change: Change; n: number },
  now: Date,
): Promise<void> {
  if (n <= 0) return
  const changes = sql`select ${workspaceId}::uuid as workspace_id, ${now}::timestamptz as at, ${change}::text as change, ${n}::bigint as n`
  await addGrowth(sql, changes)
}
