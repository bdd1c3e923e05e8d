/** Counters as analytics reads them: rows of one hour, so a question costs the same at any size. */
import type { Sql } from '../db/db.ts'

export interface Total {
  readonly channel: string
  readonly metric: string
  readonly n: number
}

export function totals(sql: Sql, workspaceId: string, range: { from: Date; to: Date }) {
  return sql<Total[]>`
    select channel, metric, sum(n)::bigint as n
    from counts
    where workspace_id = ${workspaceId} and hour >= date_trunc('hour', ${range.from}::timestamptz, 'UTC') and hour < ${range.to}
    group by 1, 2
    order by 1, 2
  `
}

export interface Bucket extends Total {
  readonly at: Date
}

/** Days of a time zone, or hours. */
export function trend(
  sql: Sql,
  workspaceId: string,
  range: { from: Date; to: Date; unit: 'day' | 'hour'; timeZone: string },
) {
  return sql<Bucket[]>`
    select date_trunc(${range.unit}, hour, ${range.timeZone}) as at, channel, metric, sum(n)::bigint as n
    from counts
    where workspace_id = ${workspaceId} and hour >= date_trunc('hour', ${range.from}::timestamptz, 'UTC') and hour < ${range.to}
    group by 1, 2, 3
    order by 1, 2, 3
  `
}
