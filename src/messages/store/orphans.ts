/** Messages between intent and answer: their lease, and what becomes of those whose process died. */
import { asText, type Sql } from '../../db/db.ts'
import { uuid7 } from '../../lib/uuid7.ts'

/** Prolongs the lease of rows that are under way. Answers which were still ours. Written as `intend` is. */
export async function renew(
  sql: Sql,
  rows: readonly { workspaceId: string; id: string; lease: string }[],
  until: Date,
): Promise<Set<string>> {
  const renewed = await sql<{ id: string }[]>`
    update messages m
    set due_at = ${until}
    from unnest(
      ${rows.map((row) => row.workspaceId)}::uuid[], ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.lease)}::uuid[]
    ) as w (workspace_id, id, lease)
    where m.workspace_id = w.workspace_id and m.id = w.id and m.lease = w.lease and lower(m.status) = 'sending'
    returning m.id
  `
  return new Set(renewed.map((row) => row.id))
}

export interface Orphan {
  readonly workspaceId: string
  readonly id: string
  readonly lease: string
  readonly channel: string
  readonly contactId: string | null
  readonly senderId: string
  readonly topic: string | null
  readonly address: string | null
  readonly attempt: number
}

/**
 * Rows between intent and answer whose lease is over or whose process is dead. Locked, so
 * that two processes recover different ones.
 */
export function findOrphans(sql: Sql, now: Date, deadProcesses: readonly string[], limit: number) {
  return sql<Orphan[]>`
    select workspace_id, id, lease, channel, contact_id, sender_id, topic, address, attempt
    from messages
    where status = 'sending' and (due_at <= ${now} or leased_by = any(${[...deadProcesses]}::uuid[]))
    order by workspace_id, id
    limit ${limit}
    for update skip locked
  `
}

const DETAIL = 'The server stopped between sending and the answer. It may have been sent.'

/** To `queued` where asking again is harmless, else to `unknown`, with the event and the counter of each. */
export async function settleOrphans(
  sql: Sql,
  decided: readonly { orphan: Orphan; again: boolean }[],
  now: Date,
): Promise<void> {
  await sql`
    with wanted as (
      select *
      from unnest(
        ${decided.map(({ orphan }) => orphan.workspaceId)}::uuid[], ${decided.map(({ orphan }) => orphan.id)}::uuid[],
        ${asText(decided.map(({ again }) => again))}::text[]::boolean[], ${decided.map(() => uuid7())}::uuid[]
      ) as w (workspace_id, id, again, event_id)
    ),
    done as (
      update messages m
      set status = case when not w.again then 'unknown' when m.reason = 'erased' then 'cancelled' else 'queued' end,
        reason = case when m.reason = 'erased' then m.reason else 'process_died' end, detail = ${DETAIL}, due_at = ${now}, leased_by = null,
        lease = case when w.again then null else m.lease end,
        settled_at = case when w.again then null else ${now}::timestamptz end
      from wanted w
      where m.workspace_id = w.workspace_id and m.id = w.id and m.status = 'sending'
      returning m.workspace_id, m.id, m.channel, m.contact_id, m.sender_id, m.priority, w.again, w.event_id, m.attempt
    ),
    noted as (
      insert into events (workspace_id, id, name, contact_id, message_id, at, recorded_at, source, properties)
      select workspace_id, event_id, case when again then 'message.retried' else 'message.unknown' end, contact_id, id,
        ${now}, ${now}, 'messages', jsonb_build_object('reason', 'process_died', 'detail', ${DETAIL}::text, 'attempt', attempt)
      from done
    ),
    counted as (
      insert into counts as c (workspace_id, hour, channel, metric, n)
      select workspace_id, date_trunc('hour', ${now}::timestamptz, 'UTC'), channel, 'unknown', count(*)
      from done
      where not again
      group by 1, 3
      order by 1, 3
      on conflict (workspace_id, hour, channel, metric) do update set n = c.n + excluded.n
    )
    insert into lanes as l (workspace_id, sender_id, priority, next_due, touched)
    select distinct workspace_id, sender_id, priority, ${now}::timestamptz, 1
    from done
    where again
    order by 1, 2, 3
    on conflict (workspace_id, sender_id, priority) do update
    set next_due = least(l.next_due, excluded.next_due), touched = l.touched + 1
  `
}
