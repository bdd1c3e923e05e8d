/** Messages that are due: read to be rendered, and ended when their time is over while nobody can send them. */
import type { ChannelId } from '../../channels/channel.ts'
import { plainArray } from '../../db/arrays.ts'
import type { Sql } from '../../db/db.ts'
import { uuid7 } from '../../lib/uuid7.ts'
import type { SendWindow } from '../../lib/window.ts'
import type { Onward } from '../schema.ts'
import type { Lane } from './lanes.ts'

/** A message that is due, as it was when it was read. */
export interface Due {
  readonly workspaceId: string
  readonly id: string
  readonly channel: ChannelId
  readonly priority: number
  readonly kind: 'system' | 'transactional' | 'marketing'
  readonly topic: string | null
  readonly contactId: string | null
  readonly recipientId: string | null
  readonly address: string | null
  readonly toName: string | null
  readonly senderId: string
  readonly templateId: string | null
  readonly templateVersion: number | null
  readonly locale: string | null
  readonly variables: Record<string, unknown> | null
  readonly flags: number
  readonly routing: readonly Onward[] | null
  readonly metadata: Record<string, unknown> | null
  readonly dueAt: Date
  readonly expiresAt: Date
  readonly sendWindow: SendWindow | null
  readonly attempt: number
  readonly createdAt: Date
}

/** This process's share of the rows while several take them, so that two seldom render the same one. */
export interface Share {
  readonly index: number
  readonly of: number
}

/**
 * Up to `limit` due rows of one lane, by due time, without those that we have `taken` before.
 * Nothing is written: whoever commits the intent first has the row, so reading one twice costs
 * a rendering and losing one costs nothing. What was taken is a subquery because that is hashed;
 * an array would be gone through for every row, a quarter of the database's work.
 */
export function findDue(
  sql: Sql,
  lane: Lane,
  options: { now: Date; limit: number; taken: readonly string[]; share: Share },
) {
  const { now, limit, taken, share } = options
  return sql<Due[]>`
    select workspace_id, id, channel, priority, kind, topic, contact_id, recipient_id, address, to_name, sender_id, template_id,
      template_version, locale, variables, flags, routing, metadata, due_at, expires_at, send_window, attempt,
      created_at
    from messages
    where workspace_id = ${lane.workspaceId} and sender_id = ${lane.senderId} and priority = ${lane.priority}
      and status in ('scheduled', 'queued', 'held') and due_at <= ${now}
      and id not in (select unnest(${plainArray(taken)}::uuid[]))
      and (${share.of}::int = 1 or abs(hashtext(id::text)) % ${share.of}::int = ${share.index}::int)
    order by due_at
    limit ${limit}
  `
}

/** Ends waiting rows whose time is over and whose sender cannot work, with event and counter of each. Answers how many. */
export async function expireWaiting(sql: Sql, now: Date, limit: number): Promise<number> {
  const eventIds = Array.from({ length: limit }, uuid7)
  const rows = await sql`
    with over as (
      select m.workspace_id, m.id
      from senders s
      join messages m on m.workspace_id = s.workspace_id and m.sender_id = s.id
      where (s.status <> 'active' or s.breaker_open_until > ${now})
        and m.status in ('scheduled', 'queued', 'held') and m.expires_at <= ${now}
      order by m.workspace_id, m.id
      limit ${limit}
      for update of m skip locked
    ),
    ended as (
      update messages m
      set status = 'expired', reason = 'expired', detail = 'Its time was over while the sender could not work.',
        settled_at = ${now}, lease = null, leased_by = null
      from over
      where m.workspace_id = over.workspace_id and m.id = over.id
      returning m.workspace_id, m.id, m.channel, m.contact_id
    ),
    noted as (
      insert into events (workspace_id, id, name, contact_id, message_id, at, recorded_at, source, properties)
      select workspace_id, (${eventIds}::uuid[])[row_number() over ()], 'message.expired', contact_id, id, ${now}, ${now},
        'messages', '{"reason":"expired"}'
      from ended
    ),
    counted as (
      insert into counts as c (workspace_id, hour, channel, metric, n)
      select workspace_id, date_trunc('hour', ${now}::timestamptz, 'UTC'), channel, 'expired', count(*)
      from ended
      group by 1, 3
      order by 1, 3
      on conflict (workspace_id, hour, channel, metric) do update set n = c.n + excluded.n
    )
    select from ended
  `
  return rows.count
}
