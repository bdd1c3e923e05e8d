/** Events in the database. Reads rows, and blanks them; they are written by record.store.ts only. */
import type { Sql } from '../db/db.ts'

export interface Event {
  readonly id: string
  readonly name: string
  readonly contactId: string | null
  readonly messageId: string | null
  readonly at: Date
  readonly recordedAt: Date
  readonly source: string
  readonly properties: Record<string, unknown>
}

/** The life of one message, oldest first. */
export async function listMessageEvents(
  sql: Sql,
  workspaceId: string,
  messageId: string,
): Promise<Event[]> {
  return await sql<Event[]>`
    select id, name, contact_id, message_id, at, recorded_at, source, properties
    from events
    where workspace_id = ${workspaceId} and message_id = ${messageId}
    order by at, id
  `
}

export interface EventFilter {
  /** Several when others were merged into the contact. Absent: everybody's. */
  readonly contactIds?: readonly string[] | undefined
  readonly name?: string | undefined
  readonly from?: Date | undefined
  readonly to?: Date | undefined
  /** Sort key of the last row before, see `eventKey`. */
  readonly after?: string | undefined
  readonly limit: number
}

/** What `after` takes. Milliseconds are all that we keep of a time. */
export function eventKey(event: Event): string {
  return `${event.at.toISOString()} ${event.id}`
}

/** Events about contacts themselves, newest first, one more than `limit`. */
export async function listEvents(
  sql: Sql,
  workspaceId: string,
  filter: EventFilter,
): Promise<Event[]> {
  return await sql<Event[]>`
    select id, name, contact_id, message_id, at, recorded_at, source, properties
    from events
    where workspace_id = ${workspaceId} and message_id is null
      ${filter.contactIds ? sql`and contact_id = any(${filter.contactIds}::uuid[])` : sql``}
      ${filter.name ? sql`and name = ${filter.name}` : sql``}
      ${filter.from ? sql`and at >= ${filter.from}` : sql``}
      ${filter.to ? sql`and at < ${filter.to}` : sql``}
      ${before(sql, filter.after)}
    order by at desc, id desc
    limit ${filter.limit + 1}
  `
}

export interface TimelineFilter {
  readonly after?: string | undefined
  /** Absent: all. */
  readonly names?: readonly string[] | undefined
  readonly limit: number
}

/** Everything about a contact, messages to it included; newest first, one more than `limit`. */
export async function listTimeline(
  sql: Sql,
  workspaceId: string,
  contactIds: readonly string[],
  { after, names, limit }: TimelineFilter,
): Promise<Event[]> {
  return await sql<Event[]>`
    (
      select id, name, contact_id, message_id, at, recorded_at, source, properties
      from events
      where workspace_id = ${workspaceId} and contact_id = any(${contactIds}::uuid[]) and message_id is null
        ${before(sql, after)} ${named(sql, names)}
      order by at desc, id desc
      limit ${limit + 1}
    )
    union all
    (
      select e.id, e.name, m.contact_id, e.message_id, e.at, e.recorded_at, e.source, e.properties
      from messages m
      join events e on e.workspace_id = m.workspace_id and e.message_id = m.id
      where m.workspace_id = ${workspaceId} and m.contact_id = any(${contactIds}::uuid[])
        ${before(sql, after, 'e')} ${named(sql, names, 'e')}
      order by e.at desc, e.id desc
      limit ${limit + 1}
    )
    order by at desc, id desc
    limit ${limit + 1}
  `
}

const LIKE = /[\\%_]/g

/** `message.*` is a beginning. */
function named(sql: Sql, names: readonly string[] | undefined, table = 'events') {
  if (names === undefined) return sql``
  const patterns = names.map((name) => name.replaceAll(LIKE, '\\$&').replace(/\*$/, '%'))
  return sql`and ${sql(table)}.name like any(${patterns}::text[])`
}

function before(sql: Sql, after: string | undefined, table = 'events') {
  const [at, id] = after?.split(' ') ?? []
  if (!at || !id) return sql``
  return sql`and (${sql(table)}.at, ${sql(table)}.id) < (${at}::timestamptz, ${id}::uuid)`
}

/** Empties the properties of events of the transaction's workspace. Answers how many. */
export async function blankEvents(
  sql: Sql,
  contactIds: readonly string[],
  messageIds: readonly string[],
): Promise<number> {
  const [row] = await sql<{ n: number }[]>`
    select forget_events(${contactIds}::uuid[], ${messageIds}::uuid[]) as n
  `
  return row?.n ?? 0
}
