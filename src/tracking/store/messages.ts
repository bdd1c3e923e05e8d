/** What tracking reads of messages. */
import type { ChannelId } from '../../channels/channel.ts'
import { plainArray } from '../../db/arrays.ts'
import type { Sql } from '../../db/db.ts'

/** What it takes to tell where a link leads. */
export interface LinkFacts {
  readonly workspaceId: string
  /** Only this message's own; null when its template version knows the destination. */
  readonly url: string | null
  readonly templateId: string | null
  readonly templateVersion: number | null
  readonly locale: string | null
  readonly channel: ChannelId
  readonly flags: number
}

export interface LinkRef {
  readonly workspaceNumber: number
  readonly messageId: string
  readonly linkIndex: number
}

/** In the order of `links`; undefined where there is no such message. */
export async function findLinks(
  sql: Sql,
  links: readonly LinkRef[],
): Promise<(LinkFacts | undefined)[]> {
  const rows = await sql<(LinkFacts & { nth: number })[]>`
    select l.nth::int, m.workspace_id, own.url, m.template_id, m.template_version, m.locale, m.channel, m.flags
    from unnest(
      ${plainArray(links.map((link) => link.workspaceNumber))}::bigint[],
      ${plainArray(links.map((link) => link.messageId))}::uuid[], ${plainArray(links.map((link) => link.linkIndex))}::int[]
    ) with ordinality as l (workspace_number, message_id, index, nth)
    join workspaces w on w.number = l.workspace_number
    join messages m on m.workspace_id = w.id and m.id = l.message_id
    left join message_links own
      on own.workspace_id = m.workspace_id and own.message_id = m.id and own.index = l.index
  `
  const found = new Map(rows.map((row) => [row.nth, row]))
  return links.map((_, at) => found.get(at + 1))
}

/** What the classifier and the counters need to know of a message. */
export interface HitMessage {
  readonly id: string
  readonly channel: ChannelId
  readonly contactId: string | null
  readonly address: string | null
  readonly createdAt: Date
  readonly sentAt: Date | null
  readonly deliveredAt: Date | null
  readonly templateId: string | null
  readonly templateVersion: number | null
  readonly locale: string | null
  readonly flags: number
  /** Links that only this message has. */
  readonly ownLinks: number
}

/** By id. The delivery is looked for near the sending, so that only the months of then are read. */
export async function findHitMessages(
  sql: Sql,
  workspaceId: string,
  ids: readonly string[],
): Promise<Map<string, HitMessage>> {
  const rows = await sql<HitMessage[]>`
    select m.id, m.channel, m.contact_id, m.address, m.created_at, m.sent_at, d.delivered_at,
      m.template_id, m.template_version, m.locale, m.flags,
      (select count(*)::int from message_links l where l.workspace_id = m.workspace_id and l.message_id = m.id) as own_links
    from messages m
    left join lateral (
      select min(e.at) as delivered_at
      from events e
      where m.status = 'delivered' and e.workspace_id = m.workspace_id and e.message_id = m.id
        and e.name = 'message.delivered'
        and e.recorded_at >= m.created_at and e.recorded_at < coalesce(m.settled_at, m.created_at) + interval '7 days'
    ) d on true
    where m.workspace_id = ${workspaceId} and m.id = any(${plainArray(ids)}::uuid[])
  `
  return new Map(rows.map((row) => [row.id, row]))
}

/** Destinations that only these messages have, by `message id index`. */
export async function findOwnLinks(
  sql: Sql,
  workspaceId: string,
  links: readonly { messageId: string; linkIndex: number }[],
): Promise<Map<string, string>> {
  if (links.length === 0) return new Map()
  const rows = await sql<{ messageId: string; index: number; url: string }[]>`
    select l.message_id, l.index, l.url
    from unnest(
      ${plainArray(links.map((link) => link.messageId))}::uuid[], ${plainArray(links.map((link) => link.linkIndex))}::int[]
    ) as w (message_id, index)
    join message_links l on l.workspace_id = ${workspaceId} and l.message_id = w.message_id and l.index = w.index
  `
  return new Map(rows.map((row) => [`${row.messageId} ${row.index}`, row.url]))
}
