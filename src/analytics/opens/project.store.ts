/**
 * Adds opens, sent and received emails up as they are recorded. Each statement takes a batch; whoever
 * writes several begins with `holdSources`.
 */
import { asText, type Sql } from '../../db/db.ts'

export interface NewOpen {
  readonly source: string
  readonly openKey: string
  readonly emailId: string
  readonly leadId: string | null
  readonly leadName: string | null
  readonly subject: string | null
  readonly recipient: string | null
  readonly opensCount: number
  readonly machine: boolean
  readonly openedAt: Date
}

/**
 * Other batches of these sources wait until the transaction ends. Every row here belongs to a source,
 * and PostgreSQL runs the parts of one statement in an order of its own: without this, two batches
 * that touch the same totals and quarters would deadlock.
 */
export async function holdSources(
  sql: Sql,
  workspaceId: string,
  sources: Iterable<string>,
): Promise<void> {
  const sorted = [...new Set(sources)].sort()
  if (sorted.length === 0) return
  await sql`
    insert into open_totals as t (workspace_id, source)
    select ${workspaceId}::uuid, unnest(${sorted}::text[])
    on conflict (workspace_id, source) do update set opens = t.opens
  `
}

/** Opens that were written before change nothing. */
export async function writeOpens(
  sql: Sql,
  workspaceId: string,
  opens: readonly NewOpen[],
): Promise<void> {
  await sql`
    with fresh as (
      insert into email_opens (workspace_id, source, open_key, email_id, lead_id, lead_name, subject, recipient, opens_count, machine, opened_at)
      select ${workspaceId}::uuid, *
      from unnest(
        ${opens.map((open) => open.source)}::text[], ${opens.map((open) => open.openKey)}::text[],
        ${opens.map((open) => open.emailId)}::text[], ${opens.map((open) => open.leadId)}::text[],
        ${opens.map((open) => open.leadName)}::text[], ${opens.map((open) => open.subject)}::text[],
        ${opens.map((open) => open.recipient)}::text[], ${opens.map((open) => open.opensCount)}::int[],
        ${asText(opens.map((open) => open.machine))}::text[]::boolean[], ${asText(opens.map((open) => open.openedAt))}::timestamptz[]
      )
      on conflict do nothing
      returning *
    ),
    emails as (
      insert into tracked_emails as e (workspace_id, source, email_id, lead_id, first_open_at, opens)
      select workspace_id, source, email_id, min(lead_id), min(opened_at), count(*)
      from fresh
      group by 1, 2, 3
      order by 1, 2, 3
      on conflict (workspace_id, source, email_id) do update
      set first_open_at = least(e.first_open_at, excluded.first_open_at), opens = e.opens + excluded.opens,
        lead_id = coalesce(e.lead_id, excluded.lead_id)
      returning source, lead_id, opens, first_open_at, sent_at, email_id
    ),
    first_opens as (
      select e.*
      from emails e
      where e.opens = (select count(*) from fresh f where f.source = e.source and f.email_id = e.email_id)
    ),
    leads as (
      insert into tracked_leads as l (workspace_id, source, lead_id, lead_name, opens, emails, last_opened_at)
      select f.workspace_id, f.source, f.lead_id, max(f.lead_name), count(*),
        (select count(*) from first_opens o where o.source = f.source and o.lead_id = f.lead_id), max(f.opened_at)
      from fresh f
      where f.lead_id is not null
      group by 1, 2, 3
      order by 1, 2, 3
      on conflict (workspace_id, source, lead_id) do update
      set opens = l.opens + excluded.opens, emails = l.emails + excluded.emails,
        lead_name = coalesce(excluded.lead_name, l.lead_name),
        last_opened_at = greatest(l.last_opened_at, excluded.last_opened_at)
      returning source, opens = (select count(*) from fresh f where f.source = l.source and f.lead_id = l.lead_id) as new
    ),
    totals as (
      insert into open_totals as t (workspace_id, source, opens, machine_opens, emails_opened, leads, last_open_at)
      select f.workspace_id, f.source, count(*), count(*) filter (where f.machine),
        (select count(*) from first_opens o where o.source = f.source),
        (select count(*) from leads l where l.source = f.source and l.new), max(f.opened_at)
      from fresh f
      group by 1, 2
      order by 1, 2
      on conflict (workspace_id, source) do update
      set opens = t.opens + excluded.opens, machine_opens = t.machine_opens + excluded.machine_opens,
        emails_opened = t.emails_opened + excluded.emails_opened, leads = t.leads + excluded.leads,
        last_open_at = greatest(t.last_open_at, excluded.last_open_at)
    ),
    quarters as (
      insert into open_quarters as q (workspace_id, source, quarter, opens, machine_opens)
      select workspace_id, source, date_bin('15 minutes', opened_at, 'epoch'), count(*), count(*) filter (where machine)
      from fresh
      group by 1, 2, 3
      order by 1, 2, 3
      on conflict (workspace_id, source, quarter) do update
      set opens = q.opens + excluded.opens, machine_opens = q.machine_opens + excluded.machine_opens
    )
    insert into open_delays as d (workspace_id, source, minutes, emails)
    select ${workspaceId}::uuid, source, delay_bucket(first_open_at - sent_at), count(*)
    from first_opens
    where sent_at is not null and first_open_at >= sent_at
    group by 1, 2, 3
    order by 1, 2, 3
    on conflict (workspace_id, source, minutes) do update set emails = d.emails + excluded.emails
  `
}

export interface NewSent {
  readonly source: string
  readonly emailId: string
  readonly leadId: string | null
  readonly sentAt: Date
}

/** An email that was opened before we heard that it was sent is counted with its delay now. */
export async function writeSent(
  sql: Sql,
  workspaceId: string,
  emails: readonly NewSent[],
): Promise<void> {
  await sql`
    with given as (
      select distinct on (source, email_id) *
      from unnest(
        ${emails.map((email) => email.source)}::text[], ${emails.map((email) => email.emailId)}::text[],
        ${emails.map((email) => email.leadId)}::text[], ${asText(emails.map((email) => email.sentAt))}::timestamptz[]
      ) as g (source, email_id, lead_id, sent_at)
      order by source, email_id, sent_at
    ),
    fresh as (
      insert into tracked_emails as e (workspace_id, source, email_id, lead_id, sent_at)
      select ${workspaceId}::uuid, source, email_id, lead_id, sent_at
      from given
      order by source, email_id
      on conflict (workspace_id, source, email_id) do update
      set sent_at = excluded.sent_at, lead_id = coalesce(e.lead_id, excluded.lead_id)
      where e.sent_at is null
      returning e.source, e.sent_at, e.first_open_at
    ),
    totals as (
      insert into open_totals as t (workspace_id, source, emails_sent)
      select ${workspaceId}::uuid, source, count(*)
      from fresh
      group by 1, 2
      order by 1, 2
      on conflict (workspace_id, source) do update set emails_sent = t.emails_sent + excluded.emails_sent
    )
    insert into open_delays as d (workspace_id, source, minutes, emails)
    select ${workspaceId}::uuid, source, delay_bucket(first_open_at - sent_at), count(*)
    from fresh
    where first_open_at >= sent_at
    group by 1, 2, 3
    order by 1, 2, 3
    on conflict (workspace_id, source, minutes) do update set emails = d.emails + excluded.emails
  `
}

export async function addReplies(
  sql: Sql,
  workspaceId: string,
  bySource: ReadonlyMap<string, number>,
): Promise<void> {
  const sources = [...bySource.keys()].sort()
  await sql`
    insert into open_totals as t (workspace_id, source, replies)
    select ${workspaceId}::uuid, *
    from unnest(${sources}::text[], ${sources.map((source) => bySource.get(source) ?? 0)}::bigint[])
    on conflict (workspace_id, source) do update set replies = t.replies + excluded.replies
  `
}

/** Opens that turn out to be a machine's, or not to be. */
export async function reclassify(
  sql: Sql,
  workspaceId: string,
  opens: readonly { source: string; openKey: string; machine: boolean }[],
): Promise<void> {
  await sql`
    with changed as (
      update email_opens e
      set machine = g.machine
      from unnest(
        ${opens.map((open) => open.source)}::text[], ${opens.map((open) => open.openKey)}::text[],
        ${asText(opens.map((open) => open.machine))}::text[]::boolean[]
      ) as g (source, open_key, machine)
      where e.workspace_id = ${workspaceId} and e.source = g.source and e.open_key = g.open_key and e.machine <> g.machine
      returning e.source, date_bin('15 minutes', e.opened_at, 'epoch') as quarter, case when e.machine then 1 else -1 end as n
    ),
    totals as (
      update open_totals t
      set machine_opens = t.machine_opens + c.n
      from (select source, sum(n) as n from changed group by source) c
      where t.workspace_id = ${workspaceId} and t.source = c.source
    )
    update open_quarters q
    set machine_opens = q.machine_opens + c.n
    from (select source, quarter, sum(n) as n from changed group by 1, 2) c
    where q.workspace_id = ${workspaceId} and q.source = c.source and q.quarter = c.quarter
  `
}
