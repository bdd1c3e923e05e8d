/**
 * Opens of a week's hours. Like its neighbours it reads quarters of an hour and no open: 35,000
 * rows for a year of one source, whether ten thousand opens came in it or ten million.
 */
import type { Sql } from '../../db/db.ts'
import type { Opens } from './store.ts'

export interface WeekHour extends Opens {
  /** ISO: 1 is Monday. */
  readonly day: number
  readonly hour: number
}

const SEEN_DAYS = 15 // after them each hour of the week was there, also one that a change of the clock left out once

/**
 * By local weekday and hour. Zero where nobody opened; without the hours that have not been there
 * since the first open. The hour that a change of the clock repeats is one, with the opens of both.
 */
export function opensOfWeek(
  sql: Sql,
  workspaceId: string,
  source: string | null,
  { zone, now }: { zone: string; now: Date },
) {
  return sql<WeekHour[]>`
    with known as (
      select quarter, opens, opens - machine_opens as human_opens
      from open_quarters
      where workspace_id = ${workspaceId} ${source === null ? sql`` : sql`and source = ${source}`}
    ), seen as (
      select generate_series(
        min(quarter), least(min(quarter) + make_interval(days => ${SEEN_DAYS}), ${now}::timestamptz), '15 minutes'
      ) as quarter
      from known
    )
    select extract(isodow from local)::int as day, extract(hour from local)::int as hour,
      sum(opens)::bigint as opens, sum(human_opens)::bigint as human_opens
    from (
      select quarter at time zone ${zone}::text as local, opens, human_opens from known
      union all
      select quarter at time zone ${zone}::text, 0, 0 from seen
    ) q
    group by 1, 2
  `
}
