/**
 * The queue's statements: which lanes are due, claim, intent, settle, recover.
 *
 * Every time is a parameter. Every claim names one workspace (so that the table can be
 * distributed); intents and settlements name each row's workspace.
 */
import { asText, type Sql } from '../../db/db.ts'
import type { Facts } from '../gate.ts'
import type { Status } from '../schema.ts'

export interface Lane {
  readonly workspaceId: string
  readonly senderId: string
  readonly priority: number
  readonly touched: number
  /** True while the sender's circuit is half open: one probe at a time. */
  readonly probing: boolean
}

/**
 * Lanes with work due at `now` whose sender can work, most urgent class first. At most
 * `limit` per class and workspace order, so that thousands of workspaces stay one cheap question.
 */
export function dueLanes(sql: Sql, now: Date, limit: number) {
  return sql<Lane[]>`
    select l.workspace_id, l.sender_id, l.priority, l.touched, s.breaker_reason is not null as probing
    from lanes l
    join senders s on s.workspace_id = l.workspace_id and s.id = l.sender_id
    where l.next_due <= ${now} and s.status = 'active'
      and (s.breaker_open_until is null or s.breaker_open_until <= ${now})
    order by l.priority desc, l.next_due
    limit ${limit}
  `
}

/** When the next work falls due in any lane; undefined when none is waiting. */
export async function nextDue(sql: Sql): Promise<Date | undefined> {
  const [row] = await sql<{ nextDue: Date }[]>`
    select next_due from lanes where next_due < 'infinity' order by next_due limit 1
  `
  return row?.nextDue
}

export interface Claimed {
  readonly workspaceId: string
  readonly id: string
  readonly channel: string
  readonly priority: number
  readonly kind: 'system' | 'transactional' | 'marketing'
  readonly topic: string | null
  readonly contactId: string | null
  readonly recipientId: string | null
  readonly address: string | null
  readonly senderId: string
  readonly templateId: string | null
  readonly templateVersion: number | null
  readonly locale: string | null
  readonly variables: Record<string, unknown> | null
  readonly flags: number
  readonly routing: readonly string[] | null
  readonly metadata: Record<string, unknown> | null
  readonly expiresAt: Date
  readonly attempt: number
  readonly createdAt: Date
}

/**
 * Takes up to `limit` due rows of one lane under a lease until `until`. Order by due time.
 *
 * Here and below rows are locked first and then updated by their place (ctid). Joined by key,
 * a plan made while the table was small walks the whole of it: 20 s for 500 rows of 300,000.
 */
export function claim(
  sql: Sql,
  lane: Lane,
  lease: { id: string; processId: string; now: Date; until: Date; limit: number },
) {
  return sql<Claimed[]>`
    with due as materialized (
      select ctid as place
      from messages
      where workspace_id = ${lane.workspaceId} and sender_id = ${lane.senderId} and priority = ${lane.priority}
        and status in ('scheduled', 'queued', 'held') and due_at <= ${lease.now}
      order by due_at
      limit ${lease.limit}
      for update skip locked
    )
    update messages m
    set status = 'queued', lease = ${lease.id}, leased_by = ${lease.processId}, due_at = ${lease.until}
    from due
    where m.ctid = due.place
    returning m.workspace_id, m.id, m.channel, m.priority, m.kind, m.topic, m.contact_id, m.recipient_id, m.address,
      m.sender_id, m.template_id, m.template_version, m.locale, m.variables, m.flags, m.routing, m.metadata,
      m.expires_at, m.attempt, m.created_at
  `
}

/** Puts a lane to sleep until its next row is due, unless something arrived since it was read. */
export async function restLane(sql: Sql, lane: Lane): Promise<void> {
  await sql`
    update lanes
    set next_due = coalesce((
      select min(due_at)
      from messages
      where workspace_id = ${lane.workspaceId} and sender_id = ${lane.senderId} and priority = ${lane.priority}
        and status in ('scheduled', 'queued', 'held')
    ), 'infinity')
    where workspace_id = ${lane.workspaceId} and sender_id = ${lane.senderId} and priority = ${lane.priority}
      and touched = ${lane.touched}
  `
}

export interface Wanted {
  readonly workspaceId: string
  readonly id: string
  readonly lease: string
  readonly kind: string | null
  readonly addressHash: string | null
}

export interface Intent extends Facts {
  readonly workspaceId: string
  readonly id: string
  /** The row is `sending` now and committed as such. */
  readonly gone: boolean
}

/**
 * Moves claimed rows to `sending`, those that may go, and tells the facts of all. Rows that
 * are no longer ours (cancelled, taken over) are absent; the lease alone says so, for a condition on
 * the status makes the planner prefer a partial index to the key. Suppression and consent are read in
 * the same statement: an unsubscribe that is committed before is always seen.
 */
export function intend(sql: Sql, wanted: readonly Wanted[], now: Date, until: Date) {
  return sql<Intent[]>`
    with wanted as (
      select *
      from unnest(
        ${wanted.map((row) => row.workspaceId)}::uuid[], ${wanted.map((row) => row.id)}::uuid[],
        ${wanted.map((row) => row.lease)}::uuid[], ${wanted.map((row) => row.kind)}::text[],
        ${wanted.map((row) => row.addressHash)}::text[]
      ) as w (workspace_id, id, lease, address_kind, address_hash)
    ),
    facts as materialized (
      select w.workspace_id, w.id, m.ctid as place, m.kind,
        m.expires_at <= ${now} as expired,
        exists (
          select from suppressions s
          where s.workspace_id = w.workspace_id and s.kind = w.address_kind and s.address_hash = w.address_hash
            and (s.expires_at is null or s.expires_at > ${now})
        ) as suppressed,
        m.kind = 'marketing' and exists (
          select from consent_states c
          where c.workspace_id = w.workspace_id and c.contact_id = m.contact_id and not c.granted
            and c.topic in ('*', m.topic) and c.channel in ('*', m.channel)
        ) as unsubscribed
      from wanted w
      cross join lateral (
        select m.ctid, m.kind, m.expires_at, m.contact_id, m.topic, m.channel
        from messages m
        where m.workspace_id = w.workspace_id and m.id = w.id and m.lease = w.lease
        limit 1
        for update
      ) m
    ),
    gone as (
      update messages m
      set status = 'sending', attempt = m.attempt + 1, due_at = ${until}
      from facts f
      where m.ctid = f.place and not f.expired and not f.suppressed and not f.unsubscribed
      returning f.workspace_id, f.id, f.kind, f.expired, f.suppressed, f.unsubscribed
    )
    select workspace_id, id, kind, expired, suppressed, unsubscribed, true as gone from gone
    union all
    select workspace_id, id, kind, expired, suppressed, unsubscribed, false
    from facts
    where expired or suppressed or unsubscribed
  `
}

/** What becomes of a claimed row. Times that are null stay as they are. */
export interface Settlement {
  readonly workspaceId: string
  readonly id: string
  readonly lease: string
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
 * Settles rows by their lease, with the event and the counter of each, and wakes the lanes
 * of those to be tried again, in one statement. A receipt may have been quicker than the answer that it follows; its state stays. Answers the rows that were still ours; the others were fenced out and nothing was written.
 */
export function settle(sql: Sql, rows: readonly Settlement[], now: Date) {
  return sql<{ workspaceId: string; id: string }[]>`
    with wanted as (
      select *
      from unnest(
        ${rows.map((row) => row.workspaceId)}::uuid[], ${rows.map((row) => row.id)}::uuid[],
        ${rows.map((row) => row.lease)}::uuid[], ${rows.map((row) => row.status)}::text[],
        ${rows.map((row) => row.channel)}::text[], ${rows.map((row) => row.contactId)}::uuid[],
        ${asText(rows.map((row) => row.dueAt))}::timestamptz[], ${rows.map((row) => row.reason)}::text[],
        ${rows.map((row) => row.detail)}::text[], ${rows.map((row) => row.providerMessageId)}::text[],
        ${rows.map((row) => row.event)}::text[], ${rows.map((row) => row.eventId)}::uuid[],
        ${rows.map((row) => JSON.stringify(row.properties))}::text[], ${asText(rows.map((row) => row.at))}::timestamptz[]
      ) as w (workspace_id, id, lease, status, channel, contact_id, due_at, reason, detail, provider_message_id,
        event, event_id, properties, at)
    ),
    found as materialized (
      select w.*, m.ctid as place
      from wanted w
      cross join lateral (
        select m.ctid
        from messages m
        where m.workspace_id = w.workspace_id and m.id = w.id and m.lease = w.lease
        limit 1
        for update
      ) m
    ),
    done as (
      update messages m
      set status = case when m.status in ('queued', 'sending', 'unknown') then w.status else m.status end,
        due_at = coalesce(w.due_at, m.due_at),
        reason = w.reason,
        detail = w.detail,
        provider_message_id = coalesce(w.provider_message_id, m.provider_message_id),
        sent_at = case when w.status = 'sent' then w.at else m.sent_at end,
        settled_at = case when w.status = 'queued' then null else w.at end,
        lease = case when w.status = 'unknown' then m.lease end,
        leased_by = null
      from found w
      where m.ctid = w.place
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
    select workspace_id, id from done
  `
}

/** Prolongs the lease of rows that are under way. Locked in the order given, which is that of their ids. */
export async function renew(
  sql: Sql,
  rows: readonly { workspaceId: string; id: string; lease: string }[],
  until: Date,
) {
  await sql`
    with mine as materialized (
      select m.place
      from unnest(
        ${rows.map((row) => row.workspaceId)}::uuid[], ${rows.map((row) => row.id)}::uuid[],
        ${rows.map((row) => row.lease)}::uuid[]
      ) as w (workspace_id, id, lease)
      cross join lateral (
        select m.ctid as place
        from messages m
        where m.workspace_id = w.workspace_id and m.id = w.id and m.lease = w.lease
        limit 1
        for update
      ) m
    )
    update messages m
    set due_at = ${until}
    from mine
    where m.ctid = mine.place and m.status in ('queued', 'sending')
  `
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

/** Gives back at once what dead processes had claimed and not begun. Answers how many. */
export async function releaseClaims(
  sql: Sql,
  now: Date,
  deadProcesses: readonly string[],
): Promise<number> {
  const rows = await sql`
    with freed as (
      update messages m
      set due_at = ${now}, lease = null, leased_by = null
      from lanes l
      where m.workspace_id = l.workspace_id and m.sender_id = l.sender_id and m.priority = l.priority
        and m.status = 'queued' and m.due_at > ${now} and m.leased_by = any(${[...deadProcesses]}::uuid[])
      returning m.workspace_id, m.sender_id, m.priority
    ),
    woken as (
      update lanes l
      set next_due = ${now}, touched = l.touched + 1
      from (select distinct workspace_id, sender_id, priority from freed) f
      where l.workspace_id = f.workspace_id and l.sender_id = f.sender_id and l.priority = f.priority
    )
    select from freed
  `
  return rows.count
}

/** Ends waiting rows whose time is over and whose sender cannot work, with their events. Answers how many. */
export async function expireWaiting(sql: Sql, now: Date, limit: number): Promise<number> {
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
      set status = 'expired', reason = 'expired', detail = 'Its time was over while the sender could not work.', settled_at = ${now}, lease = null
      from over
      where m.workspace_id = over.workspace_id and m.id = over.id
      returning m.workspace_id, m.id, m.channel, m.contact_id
    ),
    noted as (
      insert into events (workspace_id, id, name, contact_id, message_id, at, recorded_at, source, properties)
      select workspace_id, id, 'message.expired', contact_id, id, ${now}, ${now}, 'messages', '{"reason":"expired"}'
      from ended
    )
    select from ended
  `
  return rows.count
}

/**
 * Takes up to `wanted` tokens from a sender's bucket, filled at `perSecond` to one second's
 * worth. Answers how many were granted; all processes share the bucket.
 */
export async function takeTokens(
  sql: Sql,
  sender: { workspaceId: string; id: string },
  options: { perSecond: number; wanted: number; now: Date },
): Promise<number> {
  const { perSecond, wanted, now } = options
  const capacity = Math.max(1, perSecond)
  const [row] = await sql<{ granted: number }[]>`
    with bucket as (
      insert into sender_pacing as p (workspace_id, sender_id, tokens, refilled_at)
      values (${sender.workspaceId}, ${sender.id}, ${capacity}, ${now})
      on conflict (workspace_id, sender_id) do update
      set tokens = least(${capacity}::double precision,
          p.tokens + ${perSecond}::double precision * greatest(0, extract(epoch from ${now}::timestamptz - p.refilled_at))),
        refilled_at = greatest(p.refilled_at, ${now}::timestamptz)
      returning tokens
    )
    select least(${wanted}::int, floor(tokens)::int) as granted from bucket
  `
  const granted = row?.granted ?? 0
  if (granted > 0) await giveTokens(sql, sender, -granted)
  return granted
}

/** Returns tokens that were not used; a negative number takes them. */
export async function giveTokens(
  sql: Sql,
  sender: { workspaceId: string; id: string },
  tokens: number,
): Promise<void> {
  await sql`
    update sender_pacing
    set tokens = tokens + ${tokens}
    where workspace_id = ${sender.workspaceId} and sender_id = ${sender.id}
  `
}
