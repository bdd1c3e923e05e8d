/** Opens and clicks with their class, and what they add up to per message. */
import { plainArray, textArray } from '../../db/arrays.ts'
import type { Sql } from '../../db/db.ts'
import type { HitClass } from '../hits.ts'
import type { TakenHit } from './hits.ts'

export interface Engagement extends TakenHit {
  readonly network: string | null
  readonly company: string | null
  /** What was looked up about its address. */
  readonly asn: number | null
  readonly hostName: string | null
  readonly class: HitClass
  readonly reason: string
  readonly version: number
}

/** The newest of each message, at most `most`. */
export async function findEngagements(
  sql: Sql,
  workspaceId: string,
  messageIds: readonly string[],
  most: number,
): Promise<Engagement[]> {
  return await sql<Engagement[]>`
    select e.event_id as id, e.kind, e.message_id, e.link_index, e.at, e.ip, e.user_agent, e.method, e.purpose,
      e.source, e.network, e.company, e.asn, e.host_name, e.class, e.reason, e.classifier_version as version
    from unnest(${plainArray(messageIds)}::uuid[]) as m (id)
    cross join lateral (
      select *
      from engagements e
      where e.workspace_id = ${workspaceId} and e.message_id = m.id
      order by e.at desc
      limit ${most}
    ) e
  `
}

/** Which of these hits are there already. */
export async function findKnownIds(
  sql: Sql,
  workspaceId: string,
  hits: readonly { messageId: string; id: string }[],
): Promise<string[]> {
  if (hits.length === 0) return []
  const rows = await sql<{ id: string }[]>`
    select e.event_id as id
    from unnest(
      ${plainArray(hits.map((hit) => hit.messageId))}::uuid[], ${plainArray(hits.map((hit) => hit.id))}::uuid[]
    ) as h (message_id, id)
    join engagements e
      on e.workspace_id = ${workspaceId} and e.message_id = h.message_id and e.event_id = h.id
  `
  return rows.map((row) => row.id)
}

export interface Window {
  readonly company: string
  readonly network: string
  readonly from: Date
  readonly to: Date
  /** Hits that must be there for any of them to be wanted. */
  readonly others: number
}

export interface NeighbourRow {
  readonly messageId: string
  readonly company: string
  readonly network: string
  readonly at: Date
  readonly class: HitClass
}

/** Hits of one network on messages to one company, at most `most` per window, where there are enough. */
export async function findNeighbours(
  sql: Sql,
  workspaceId: string,
  windows: readonly Window[],
  most: number,
): Promise<NeighbourRow[]> {
  if (windows.length === 0) return []
  return await sql<NeighbourRow[]>`
    select e.message_id, e.company, e.network, e.at, e.class
    from unnest(
      ${textArray(windows.map((window) => window.company))}::text[], ${textArray(windows.map((window) => window.network))}::text[],
      ${plainArray(windows.map((window) => window.from))}::timestamptz[],
      ${plainArray(windows.map((window) => window.to))}::timestamptz[],
      ${plainArray(windows.map((window) => window.others))}::int[]
    ) as w (company, network, since, until, others)
    cross join lateral (
      select e.message_id, e.company, e.network, e.at, e.class
      from engagements e
      where e.workspace_id = ${workspaceId} and e.company = w.company and e.network = w.network
        and e.at between w.since and w.until
      order by e.at
      limit ${most}
    ) e
    where w.others = (
      select count(*)
      from (
        select from engagements e
        where e.workspace_id = ${workspaceId} and e.company = w.company and e.network = w.network
          and e.at between w.since and w.until
        limit w.others
      ) enough
    )
  `
}

/** Writes new rows, and the class of those that are there. */
export async function saveEngagements(
  sql: Sql,
  workspaceId: string,
  rows: readonly Engagement[],
): Promise<void> {
  if (rows.length === 0) return
  const known = rows.some((row) => row.asn !== null || row.hostName !== null)
  const columns = known ? sql`, asn, host_name` : sql``
  const values = known
    ? sql`, ${plainArray(rows.map((row) => row.asn))}::bigint[], ${textArray(rows.map((row) => row.hostName))}::text[]`
    : sql``
  await sql`
    insert into engagements as e (workspace_id, message_id, event_id, kind, at, link_index, ip, user_agent, method,
      purpose, source, network, company, class, reason, classifier_version${columns})
    select ${workspaceId}::uuid, *
    from unnest(
      ${plainArray(rows.map((row) => row.messageId))}::uuid[], ${plainArray(rows.map((row) => row.id))}::uuid[],
      ${textArray(rows.map((row) => row.kind))}::text[], ${plainArray(rows.map((row) => row.at))}::timestamptz[],
      ${plainArray(rows.map((row) => row.linkIndex))}::int[], ${textArray(rows.map((row) => row.ip))}::text[],
      ${textArray(rows.map((row) => row.userAgent))}::text[], ${textArray(rows.map((row) => row.method))}::text[],
      ${textArray(rows.map((row) => row.purpose))}::text[], ${textArray(rows.map((row) => row.source))}::text[],
      ${textArray(rows.map((row) => row.network))}::text[], ${textArray(rows.map((row) => row.company))}::text[],
      ${textArray(rows.map((row) => row.class))}::text[], ${textArray(rows.map((row) => row.reason))}::text[],
      ${plainArray(rows.map((row) => row.version))}::int[]${values}
    )
    on conflict (workspace_id, message_id, event_id) do update
    set class = excluded.class, reason = excluded.reason, classifier_version = excluded.classifier_version
  `
}

export interface Summary {
  readonly messageId: string
  readonly opens: number
  readonly humanOpens: number
  readonly clicks: number
  readonly humanClicks: number
  readonly firstOpenAt: Date | null
  readonly firstHumanOpenAt: Date | null
  readonly firstClickAt: Date | null
  readonly firstHumanClickAt: Date | null
}

export async function findSummaries(
  sql: Sql,
  workspaceId: string,
  messageIds: readonly string[],
): Promise<Map<string, Summary>> {
  const rows = await sql<Summary[]>`
    select message_id, opens, human_opens, clicks, human_clicks,
      first_open_at, first_human_open_at, first_click_at, first_human_click_at
    from message_engagement
    where workspace_id = ${workspaceId} and message_id = any(${plainArray(messageIds)}::uuid[])
  `
  return new Map(rows.map((row) => [row.messageId, row]))
}

/** Leaves what receipts noted (replies, complaints) as it is. */
export async function saveSummaries(
  sql: Sql,
  workspaceId: string,
  summaries: readonly Summary[],
): Promise<void> {
  if (summaries.length === 0) return
  const rows = summaries.toSorted((a, b) => (a.messageId < b.messageId ? -1 : 1))
  await sql`
    insert into message_engagement as e (workspace_id, message_id, opens, human_opens, clicks, human_clicks,
      first_open_at, first_human_open_at, first_click_at, first_human_click_at)
    select ${workspaceId}::uuid, *
    from unnest(
      ${plainArray(rows.map((row) => row.messageId))}::uuid[], ${plainArray(rows.map((row) => row.opens))}::int[],
      ${plainArray(rows.map((row) => row.humanOpens))}::int[], ${plainArray(rows.map((row) => row.clicks))}::int[],
      ${plainArray(rows.map((row) => row.humanClicks))}::int[], ${plainArray(rows.map((row) => row.firstOpenAt))}::timestamptz[],
      ${plainArray(rows.map((row) => row.firstHumanOpenAt))}::timestamptz[],
      ${plainArray(rows.map((row) => row.firstClickAt))}::timestamptz[],
      ${plainArray(rows.map((row) => row.firstHumanClickAt))}::timestamptz[]
    )
    on conflict (workspace_id, message_id) do update
    set opens = excluded.opens, human_opens = excluded.human_opens,
      clicks = excluded.clicks, human_clicks = excluded.human_clicks,
      first_open_at = excluded.first_open_at, first_human_open_at = excluded.first_human_open_at,
      first_click_at = excluded.first_click_at, first_human_click_at = excluded.first_human_click_at
  `
}
