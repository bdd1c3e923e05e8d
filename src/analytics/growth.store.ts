/**
 * Contacts who came and went. Reads what contacts/growth.store.ts added up, by the key of its table:
 * a few rows for each quarter of an hour in which anybody came or went, and no contact, so ninety
 * days cost the same of a thousand contacts and of ten million.
 */
import type { Sql } from '../db/db.ts'

export interface GrowthDay {
  readonly date: string
  readonly created: number
  readonly returned: number
  readonly unsubscribed: number
  readonly deleted: number
  readonly merged: number
}

/** Every day of a zone that the range touches, also those without a change. Each is a range of the key, so that no row is asked for its day. */
export function growthByDay(
  sql: Sql,
  workspaceId: string,
  { from, to, timeZone }: { from: Date; to: Date; timeZone: string },
) {
  const of = (change: string) => sql`coalesce(sum(n) filter (where change = ${change}), 0)::bigint`
  return sql<GrowthDay[]>`
    with days as (
      select generate_series(
        (${from}::timestamptz at time zone ${timeZone}::text)::date,
        ((${to}::timestamptz - interval '1 microsecond') at time zone ${timeZone}::text)::date, '1 day'
      )::date as day
    )
    select to_char(day, 'YYYY-MM-DD') as date, c.*
    from days
    cross join lateral (
      select ${of('new')} as created, ${of('returned')} as returned, ${of('unsubscribed')} as unsubscribed,
        ${of('deleted')} as deleted, ${of('merged')} as merged
      from contact_growth
      where workspace_id = ${workspaceId}
        and quarter >= greatest(day::timestamp at time zone ${timeZone}::text, date_bin('15 minutes', ${from}::timestamptz, 'epoch'))
        and quarter < least((day + 1)::timestamp at time zone ${timeZone}::text, ${to}::timestamptz)
    ) c
    order by day
  `
}
