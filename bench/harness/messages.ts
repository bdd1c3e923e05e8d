/**
 * A workspace with many messages of the last 90 days, put there in bulk: people, messages, what became
 * of them, and the counters that overviews are read from. Where accepting and sending them would take
 * an hour, this takes a minute; the rows are as those would leave them.
 */
import type postgres from 'postgres'

export interface Filling {
  readonly workspace: string
  readonly messages: number
  /** They get about equally much. */
  readonly people: number
}

const AT_ONCE = 50_000 // rows of one statement

export async function fillMessages(sql: postgres.Sql, filling: Filling): Promise<void> {
  await fillPeople(sql, filling)
  for (let from = 0; from < filling.messages; from += AT_ONCE)
    await fillSome(sql, filling, { from, to: Math.min(from + AT_ONCE, filling.messages) })
  await fillCounts(sql, filling.workspace)
  for (const table of [
    'contacts',
    'contact_identities',
    'contact_addresses',
    'messages',
    'message_contents',
    'counts',
  ])
    await sql`vacuum analyze ${sql(table)}`
  await sql`vacuum analyze message_engagement`
  await sql`vacuum analyze events`
}

async function fillPeople(sql: postgres.Sql, { workspace, people }: Filling): Promise<void> {
  await sql`
    with made as (
      select uuidv7() as id, n from generate_series(1, ${people}) n
    ),
    contacts as (
      insert into contacts (workspace_id, id, name, locale, created_at, updated_at)
      select ${workspace}, id, 'Person ' || n, 'en', now(), now() from made
    ),
    identities as (
      insert into contact_identities (workspace_id, source, external_id, contact_id, created_at)
      select ${workspace}, 'api', 'user-' || n, id, now() from made
    )
    insert into contact_addresses (workspace_id, contact_id, kind, address, is_primary, created_at)
    select ${workspace}, id, 'email', 'user.' || n || '@example.com', true, now() from made
  `
}

/** The newest first; a message each eight seconds or so, when there are a million. */
async function fillSome(
  sql: postgres.Sql,
  { workspace, messages, people }: Filling,
  { from, to }: { from: number; to: number },
): Promise<void> {
  await sql`
    with planned as (
      select n, -(n * interval '90 days' / ${messages}::int) as age, hashint4(n) as chance,
        1 + abs(hashint4(n + 1) % ${people}::int) as person
      from generate_series(${from}::int, ${to - 1}::int) n
    ),
    made as (
      select uuidv7(age) as id, now() + age as at, person, chance,
        case when abs(chance) % 1000 < 850 then 'email' when abs(chance) % 1000 < 930 then 'sms' when abs(chance) % 1000 < 999 then 'whatsapp' else 'voice' end as channel,
        case when abs(chance) % 997 < 940 then 'delivered' when abs(chance) % 997 < 960 then 'bounced' when abs(chance) % 997 < 970 then 'failed'
          when abs(chance) % 997 < 995 then 'skipped' when abs(chance) % 9973 < 5 then 'unknown' else 'expired' end as status
      from planned
    ),
    rows as (
      insert into messages (workspace_id, id, channel, status, priority, kind, topic, contact_id, recipient_id, address, sender_id,
        variables, due_at, expires_at, attempt, provider_message_id, created_at, sent_at, settled_at)
      select ${workspace}, m.id, m.channel, m.status, case when abs(chance) % 5000 = 0 then 3 else 1 end, 'transactional',
        (array['orders', 'orders', 'orders', 'accounts', 'reminders'])[1 + abs(chance / 7) % 5],
        i.contact_id, i.external_id, case m.channel when 'email' then 'user.' || person || '@example.com' else '+1202555' || lpad((person % 10000)::text, 4, '0') end,
        s.id, '{"name": "Person"}', at, at + interval '1 day', 1, m.id::text, at, at, at
      from made m
      join contact_identities i on i.workspace_id = ${workspace} and i.source = 'api' and i.external_id = 'user-' || person
      join senders s on s.workspace_id = ${workspace} and s.channel = m.channel and s.origin = 'builtin'
      returning id, contact_id, created_at, status, channel, topic
    ),
    contents as (
      insert into message_contents (workspace_id, message_id, content, created_at)
      select ${workspace}, id, jsonb_build_object('subject', topic || ' ' || abs(hashtext(id::text) % 100000) || ' for you', 'text', repeat('It is on its way. ', 20)), created_at
      from rows
    ),
    opened as (
      insert into message_engagement (workspace_id, message_id, opens, human_opens, first_open_at, first_human_open_at)
      select ${workspace}, id, 1, 1, created_at + interval '1 hour', created_at + interval '1 hour'
      from rows where status = 'delivered' and hashtext(id::text) % 3 = 0
    )
    insert into events (workspace_id, id, name, contact_id, message_id, at, recorded_at, source, properties)
    select ${workspace}, uuidv7(), 'message.' || status, contact_id, id, created_at, greatest(created_at, date_trunc('month', now())), 'sandbox', '{}'
    from rows
  `
}

async function fillCounts(sql: postgres.Sql, workspace: string): Promise<void> {
  await sql`
    insert into counts (workspace_id, hour, channel, metric, n)
    select m.workspace_id, date_trunc('hour', m.created_at, 'UTC'), m.channel, metric, count(*)
    from messages m
    left join message_engagement e on e.workspace_id = m.workspace_id and e.message_id = m.id
    cross join lateral unnest(array['accepted', 'sent', m.status, case when e.opens > 0 then 'opened_unique_human' end]) as metric
    where m.workspace_id = ${workspace} and metric is not null
    group by 1, 2, 3, 4
    on conflict (workspace_id, hour, channel, metric) do update set n = excluded.n
  `
}
