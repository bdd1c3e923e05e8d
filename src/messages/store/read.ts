/** Messages as the API shows them. */
import type { ChannelId } from '../../channels/channel.ts'
import type { Sql } from '../../db/db.ts'
import { isUuid } from '../../lib/uuid7.ts'
import type { SendWindow } from '../../lib/window.ts'
import type { Onward, Status } from '../schema.ts'
import { holdsAll, type VersionRow } from './search.ts'

export interface MessageRow {
  readonly id: string
  readonly workspaceId: string
  readonly status: Status
  readonly channel: ChannelId
  readonly recipientId: string | null
  readonly contactId: string | null
  readonly address: string | null
  readonly toName: string | null
  readonly priority: number
  readonly topic: string | null
  readonly kind: 'system' | 'transactional' | 'marketing'
  readonly templateId: string | null
  readonly templateVersion: number | null
  readonly locale: string | null
  readonly variables: Record<string, unknown> | null
  readonly flags: number
  readonly senderId: string
  readonly attempt: number
  readonly reason: string | null
  readonly detail: string | null
  readonly dueAt: Date
  readonly scheduledAt: Date | null
  readonly expiresAt: Date
  readonly sendWindow: SendWindow | null
  readonly providerMessageId: string | null
  readonly resendOf: string | null
  readonly metadata: Record<string, unknown> | null
  readonly routing: readonly Onward[] | null
  readonly createdAt: Date
  readonly sentAt: Date | null
  /** When it came to the state it is in, where that is not on the way. */
  readonly settledAt: Date | null
}

/** Each word stands in the subject, or in that of the version of its template. */
export interface SubjectFilter {
  readonly words: readonly string[]
  readonly versions: readonly VersionRow[]
}

export interface ListFilter {
  readonly status: string | null
  readonly channel: string | null
  readonly recipientId: string | null
  readonly senderId?: string | null
  readonly provider?: string | null
  readonly topic: string | null
  readonly priority: number | null
  readonly from: Date | null
  readonly to: Date | null
  /** Part of an address, of a recipient id, or of their name. */
  readonly text: string | null
  readonly subject?: SubjectFilter | null
  /** This message alone. */
  readonly id?: string
  readonly before: string | null
  readonly limit: number
  /** No id below this one. */
  readonly since?: string | null
  /** Of these contacts only. */
  readonly people?: readonly string[]
}

const columns = (sql: Sql) => sql`
  workspace_id, id, status, channel, recipient_id, contact_id, address, to_name, priority, topic, kind, template_id, template_version,
  locale, variables, flags, sender_id, attempt, reason, detail, due_at, scheduled_at, expires_at, send_window, provider_message_id,
  resend_of, metadata, routing, created_at, sent_at, settled_at
`

/** A contact by any of its ids, ours too, with those that were merged into it. */
const personOf = (sql: Sql, workspaceId: string, id: string) => sql`
  with named as (
    select contact_id from contact_identities where workspace_id = ${workspaceId} and external_id = ${id}
    ${isUuid(id) ? sql`union select ${id}::uuid` : sql``}
  )
  select contact_id from named
  union all
  select c.id from contacts c
  where c.workspace_id = ${workspaceId} and c.merged_into in (select contact_id from named)
`

/** Newest first, before the message `before`. Ids are uuid v7, so their order is that of creation. */
export function listMessages(sql: Sql, workspaceId: string, filter: ListFilter) {
  const wanted = conditionsOf(sql, workspaceId, filter)
  const { people, limit } = filter
  if (people)
    return sql<MessageRow[]>`
      select ${columns(sql)}
      from unnest(${[...people]}::uuid[]) as person (of)
      cross join lateral (
        select * from messages
        where workspace_id = ${workspaceId} and contact_id = person.of ${wanted}
        order by id desc
        limit ${limit}
      ) own
      order by id desc
      limit ${limit}
    `
  return sql<MessageRow[]>`
    select ${columns(sql)}
    from messages
    where workspace_id = ${workspaceId} ${wanted}
    order by id desc
    limit ${limit}
  `
}

const conditionsOf = (sql: Sql, workspaceId: string, filter: ListFilter) => sql`
      ${filter.before ? sql`and id < ${filter.before}` : sql``}
      ${filter.status ? sql`and status = ${filter.status}` : sql``}
      ${filter.channel ? sql`and channel = ${filter.channel}` : sql``}
      ${filter.recipientId ? sql`and contact_id in (${personOf(sql, workspaceId, filter.recipientId)})` : sql``}
      ${filter.senderId ? sql`and sender_id = ${filter.senderId}` : sql``}
      ${filter.provider ? sql`and sender_id in (select s.id from senders s where s.workspace_id = ${workspaceId} and s.provider = ${filter.provider})` : sql``}
      ${filter.topic ? sql`and topic = ${filter.topic}` : sql``}
      ${filter.priority !== null ? sql`and priority = ${filter.priority}` : sql``}
      ${filter.from ? sql`and created_at >= ${filter.from}` : sql``}
      ${filter.to ? sql`and created_at < ${filter.to}` : sql``}
      ${filter.text ? sql`and (strpos(lower(address), lower(${filter.text})) > 0 or strpos(lower(recipient_id), lower(${filter.text})) > 0 or ${isNamed(sql, filter.text)})` : sql``}
      ${filter.subject ? sql`and ${isAbout(sql, workspaceId, filter, filter.subject)}` : sql``}
      ${filter.id ? sql`and id = ${filter.id}` : sql``}
      ${filter.since ? sql`and id >= ${filter.since}` : sql``}
`

/** Within the same ids as the list: the planner may read all these subjects at once, or each alone. */
const isAbout = (
  sql: Sql,
  workspaceId: string,
  { before, since }: ListFilter,
  { words, versions }: SubjectFilter,
) => sql`(
  (template_id, template_version) in (
    select * from unnest(${versions.map((each) => each.templateId)}::uuid[], ${versions.map((each) => each.version)}::integer[])
  )
  or exists (
    select from message_contents said
    where said.workspace_id = ${workspaceId} and said.message_id = messages.id
      ${before ? sql`and said.message_id < ${before}` : sql``}
      ${since ? sql`and said.message_id >= ${since}` : sql``}
      and ${holdsAll(sql, sql`said.subject`, words)}
  )
)`

const isNamed = (sql: Sql, text: string) => sql`
  exists (
    select from contacts named
    where named.workspace_id = messages.workspace_id and named.id = messages.contact_id
      and strpos(lower(named.name), lower(${text})) > 0
  )
`

export async function findMessage(
  sql: Sql,
  workspaceId: string,
  id: string,
): Promise<MessageRow | undefined> {
  const [row] = await sql<MessageRow[]>`
    select ${columns(sql)} from messages where workspace_id = ${workspaceId} and id = ${id}
  `
  return row
}

export interface EngagementRow {
  readonly opens: number
  readonly humanOpens: number
  readonly clicks: number
  readonly humanClicks: number
  readonly firstOpenAt: Date | null
  readonly firstHumanOpenAt: Date | null
  readonly firstClickAt: Date | null
  readonly firstHumanClickAt: Date | null
  readonly repliedAt: Date | null
  readonly complainedAt: Date | null
  readonly unsubscribedAt: Date | null
}

export async function findEngagement(sql: Sql, workspaceId: string, messageId: string) {
  const [row] = await sql<EngagementRow[]>`
    select opens, human_opens, clicks, human_clicks, first_open_at, first_human_open_at, first_click_at,
      first_human_click_at, replied_at, complained_at, unsubscribed_at
    from message_engagement
    where workspace_id = ${workspaceId} and message_id = ${messageId}
  `
  return row
}

/** What opens and clicks are taken for now, by the id of their event: later hits may have told us better. */
export async function findClasses(
  sql: Sql,
  workspaceId: string,
  messageId: string,
): Promise<Map<string, string>> {
  const rows = await sql<{ eventId: string; class: string }[]>`
    select event_id, class from engagements where workspace_id = ${workspaceId} and message_id = ${messageId}
  `
  return new Map(rows.map((row) => [row.eventId, row.class]))
}
