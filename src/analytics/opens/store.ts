/** Document 000's questions. `source` null asks about every source that was connected. */
import type { Sql } from '../../db/db.ts'

type Source = string | null

const ofSource = (sql: Sql, source: Source) =>
  source === null ? sql`` : sql`and source = ${source}`

export interface Totals {
  readonly opens: number
  readonly machineOpens: number
  readonly emailsOpened: number
  readonly leads: number
  readonly emailsSent: number
  readonly replies: number
  readonly lastOpenAt: Date | null
}

export async function openTotals(sql: Sql, workspaceId: string, source: Source): Promise<Totals> {
  const [row] = await sql<Totals[]>`
    select coalesce(sum(opens), 0)::bigint as opens, coalesce(sum(machine_opens), 0)::bigint as machine_opens,
      coalesce(sum(emails_opened), 0)::bigint as emails_opened, coalesce(sum(leads), 0)::bigint as leads,
      coalesce(sum(emails_sent), 0)::bigint as emails_sent, coalesce(sum(replies), 0)::bigint as replies,
      max(last_open_at) as last_open_at
    from open_totals
    where workspace_id = ${workspaceId} ${ofSource(sql, source)}
  `
  if (!row) throw new Error('an aggregate has one row')
  return row
}

export interface Day {
  readonly from: Date
  readonly to: Date
}

/** The instants between which a day lies in a zone, DST included. */
export async function dayOf(sql: Sql, date: string, zone: string): Promise<Day> {
  const [row] = await sql<Day[]>`
    select ${date}::text::date::timestamp at time zone ${zone}::text as "from",
      (${date}::text::date + 1)::timestamp at time zone ${zone}::text as "to"
  `
  if (!row) throw new Error('a select without a table has one row')
  return row
}

/** Opens of whole quarters of an hour. */
export async function opensBetween(
  sql: Sql,
  workspaceId: string,
  source: Source,
  { from, to }: Day,
): Promise<number> {
  const [row] = await sql<{ n: number }[]>`
    select coalesce(sum(opens), 0)::bigint as n
    from open_quarters
    where workspace_id = ${workspaceId} and quarter >= ${from} and quarter < ${to} ${ofSource(sql, source)}
  `
  return row?.n ?? 0
}

export interface LoggedOpen {
  readonly id: number
  readonly emailId: string
  readonly leadId: string | null
  readonly leadName: string | null
  readonly subject: string | null
  readonly recipient: string | null
  readonly opensCount: number
  readonly openedAt: Date
  readonly notifiedAt: Date | null
}

/** Newest first. */
export function loggedOpens(
  sql: Sql,
  workspaceId: string,
  source: Source,
  options: { day: Day | null; limit: number },
) {
  const { day, limit } = options
  return sql<LoggedOpen[]>`
    select o.id, o.email_id, o.lead_id, o.lead_name, o.subject, o.recipient, o.opens_count, o.opened_at,
      coalesce(o.notified_at, notified_at(o.workspace_id, o.open_key, o.email_id)) as notified_at
    from email_opens o
    where o.workspace_id = ${workspaceId} ${source === null ? sql`` : sql`and o.source = ${source}`}
      ${day === null ? sql`` : sql`and o.opened_at >= ${day.from} and o.opened_at < ${day.to}`}
    order by o.opened_at desc, o.id desc
    limit ${limit}
  `
}

/** Different emails and leads of one day, counted over that day's opens. */
export async function distinctOf(sql: Sql, workspaceId: string, source: Source, day: Day) {
  const [row] = await sql<{ emails: number; leads: number; machine: number }[]>`
    select count(distinct (source, email_id))::bigint as emails, count(distinct (source, lead_id)) filter (where lead_id is not null)::bigint as leads,
      count(*) filter (where machine)::bigint as machine
    from email_opens
    where workspace_id = ${workspaceId} and opened_at >= ${day.from} and opened_at < ${day.to} ${ofSource(sql, source)}
  `
  return row ?? { emails: 0, leads: 0, machine: 0 }
}

export interface Lead {
  readonly leadId: string
  readonly leadName: string | null
  readonly opens: number
  readonly emails: number
  readonly lastOpenedAt: Date | null
}

export function topLeads(sql: Sql, workspaceId: string, source: Source, limit: number) {
  return sql<Lead[]>`
    select lead_id, lead_name, opens, emails, last_opened_at
    from tracked_leads
    where workspace_id = ${workspaceId} and opens > 0 ${ofSource(sql, source)}
    order by opens desc, last_opened_at desc
    limit ${limit}
  `
}

/** Both counts are kept: all opens, and those by people. */
export interface Opens {
  readonly opens: number
  readonly humanOpens: number
}

/** `field` of the local time: hours 0–23, or ISO weekdays 1–7. Without those that have none. */
export function opensBy(
  sql: Sql,
  workspaceId: string,
  source: Source,
  { field, zone }: { field: 'hour' | 'isodow'; zone: string },
) {
  return sql<({ part: number } & Opens)[]>`
    select extract(${sql.unsafe(field)} from quarter at time zone ${zone}::text)::int as part,
      sum(opens)::bigint as opens, sum(opens - machine_opens)::bigint as human_opens
    from open_quarters
    where workspace_id = ${workspaceId} ${ofSource(sql, source)}
    group by 1
    order by 1
  `
}

/** Emails that we heard were sent, and that were opened since. */
export async function openedOfSent(sql: Sql, workspaceId: string, source: Source): Promise<number> {
  const [row] = await sql<{ emails: number }[]>`
    select coalesce(sum(emails), 0)::bigint as emails
    from open_delays
    where workspace_id = ${workspaceId} ${ofSource(sql, source)}
  `
  return row?.emails ?? 0
}

/** Minutes from sent to first opened, in the middle of all emails; null when none is known. */
export async function medianDelay(
  sql: Sql,
  workspaceId: string,
  source: Source,
): Promise<number | null> {
  const [row] = await sql<{ minutes: number }[]>`
    select minutes
    from (
      select minutes, sum(sum(emails)) over (order by minutes) as so_far, sum(sum(emails)) over () as all_emails
      from open_delays
      where workspace_id = ${workspaceId} ${ofSource(sql, source)}
      group by minutes
    ) d
    where so_far * 2 >= all_emails
    order by minutes
    limit 1
  `
  return row?.minutes ?? null
}

export interface Alerts {
  readonly status: string
  readonly n: number
  readonly lastSentAt: Date | null
}

/** Alerts of the recipe, by the state of their message. */
export function alertsByStatus(sql: Sql, workspaceId: string) {
  return sql<Alerts[]>`
    select m.status, count(*)::int as n, max(m.sent_at) as last_sent_at
    from journeys j
    join journey_sends s on s.workspace_id = j.workspace_id and s.journey_id = j.id
    join messages m on m.workspace_id = s.workspace_id and m.id = s.message_id
    where j.workspace_id = ${workspaceId} and j.recipe = 'close-open-alert'
    group by 1
  `
}
