/** Settling: what became of messages, with the event and the counter of each, many in one statement. */
import { plainArray, textArray } from '../../db/arrays.ts'
import type { Sql } from '../../db/db.ts'
import type { Status } from '../schema.ts'

/** What becomes of a row. Times that are null stay as they are. */
export interface Settlement {
  readonly workspaceId: string
  readonly id: string
  /** The token of its intent; null: there was none, and the row waits as we read it. */
  readonly lease: string | null
  readonly status: Status
  readonly channel: string
  readonly contactId: string | null
  /** For `queued`: when to try again. */
  readonly dueAt: Date | null
  readonly reason: string | null
  readonly detail: string | null
  readonly providerMessageId: string | null
  /** When it happened: the provider's answer, or our decision. */
  readonly at: Date
  /** The event that tells of it, and its counter. */
  readonly event: string
  readonly eventId: string
  readonly properties: Readonly<Record<string, unknown>>
}

/**
 * Settles rows and wakes the lanes of those to be tried again. A receipt may have been quicker than
 * the answer that it follows: what it said of the row stays. Answers the ids of the rows that were
 * still ours; the others were fenced out and nothing was written of them. What was erased meanwhile
 * is never queued again. Joined by key and with a wrapped status for the reasons given at `intend`.
 */
export function settle(sql: Sql, rows: readonly Settlement[], now: Date) {
  return sql<{ id: string }[]>`
    with wanted as materialized (
      select *
      from unnest(
        ${plainArray(rows.map((row) => row.workspaceId))}::uuid[], ${plainArray(rows.map((row) => row.id))}::uuid[],
        ${plainArray(rows.map((row) => row.lease))}::uuid[], ${textArray(rows.map((row) => row.status))}::text[],
        ${textArray(rows.map((row) => row.channel))}::text[], ${plainArray(rows.map((row) => row.contactId))}::uuid[],
        ${plainArray(rows.map((row) => row.dueAt))}::timestamptz[], ${textArray(rows.map((row) => row.reason))}::text[],
        ${textArray(rows.map((row) => row.detail))}::text[], ${textArray(rows.map((row) => row.providerMessageId))}::text[],
        ${textArray(rows.map((row) => row.event))}::text[], ${plainArray(rows.map((row) => row.eventId))}::uuid[],
        ${textArray(rows.map((row) => JSON.stringify(row.properties)))}::text[], ${plainArray(rows.map((row) => row.at))}::timestamptz[]
      ) as w (workspace_id, id, lease, status, channel, contact_id, due_at, reason, detail, provider_message_id,
        event, event_id, properties, at)
    ),
    done as (
      update messages m
      set status = case
          when lower(m.status) not in ('scheduled', 'queued', 'held', 'sending', 'unknown') then m.status
          when m.reason = 'erased' and w.status = 'queued' then 'cancelled'
          else w.status
        end,
        (due_at, reason, detail, settled_at) = (
          select case when open then coalesce(w.due_at, m.due_at) else m.due_at end,
            case when open and m.reason is distinct from 'erased' then w.reason else m.reason end,
            case when open and m.reason is distinct from 'erased' then w.detail else m.detail end,
            case when not open then m.settled_at when m.reason = 'erased' or w.status <> 'queued' then w.at end
          from (select lower(m.status) in ('scheduled', 'queued', 'held', 'sending', 'unknown') as open) o
        ),
        provider_message_id = coalesce(w.provider_message_id, m.provider_message_id),
        sent_at = case when w.status = 'sent' then w.at else m.sent_at end,
        lease = case when w.status = 'unknown' then m.lease end,
        leased_by = null
      from wanted w
      where m.workspace_id = w.workspace_id and m.id = w.id
        and (m.lease = w.lease or w.lease is null and lower(m.status) in ('scheduled', 'queued', 'held'))
      returning w.workspace_id, w.id, w.event_id, w.event, w.contact_id, w.properties, w.channel, w.at,
        m.status, m.sender_id, m.priority, m.due_at
    ),
    woken as (
      insert into lanes as l (workspace_id, sender_id, priority, next_due, touched)
      select workspace_id, sender_id, priority, min(due_at), 1
      from done
      where status = 'queued'
      group by 1, 2, 3
      order by 1, 2, 3
      on conflict (workspace_id, sender_id, priority) do update
      set next_due = least(l.next_due, excluded.next_due), touched = l.touched + 1
    ),
    noted as (
      insert into events (workspace_id, id, name, contact_id, message_id, at, recorded_at, source, properties)
      select workspace_id, event_id, event, contact_id, id, at, ${now}, 'messages', properties::jsonb
      from done
    ),
    counted as (
      insert into counts as c (workspace_id, hour, channel, metric, n)
      select workspace_id, date_trunc('hour', at, 'UTC'), channel, split_part(event, '.', 2), count(*)
      from done
      group by 1, 2, 3, 4
      order by 1, 2, 3, 4
      on conflict (workspace_id, hour, channel, metric) do update set n = c.n + excluded.n
    )
    select id from done
  `
}
