-- Opens of mail that other systems sent (Close), as document 000 asks about them. Written by a
-- subscriber of events; every question reads rows that were added up when the open came.
create table email_opens (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  source text not null,
  open_key text not null, -- the source's own key of this open
  id bigint generated always as identity,
  email_id text not null,
  lead_id text,
  lead_name text,
  subject text,
  recipient text,
  opens_count integer not null, -- of this email, this one included
  machine boolean not null, -- as it is taken for now
  opened_at timestamptz not null,
  notified_at timestamptz, -- told by what Beckon replaced; null: asked of our own messages
  primary key (workspace_id, source, open_key)
);
create index email_opens_opened_at_idx on email_opens (workspace_id, opened_at desc, id desc);
create index email_opens_email_idx on email_opens (workspace_id, source, email_id, opened_at);
select protect_table('email_opens');
comment on table email_opens is 'Each open of an email of another system, once.';

create table tracked_emails (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  source text not null,
  email_id text not null,
  lead_id text,
  sent_at timestamptz, -- null: only its opens are known
  first_open_at timestamptz,
  opens integer not null default 0,
  primary key (workspace_id, source, email_id)
);
select protect_table('tracked_emails');
comment on table tracked_emails is 'Emails of another system that were sent or opened.';

create table tracked_leads (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  source text not null,
  lead_id text not null,
  lead_name text,
  opens integer not null default 0,
  emails integer not null default 0, -- different ones that were opened
  last_opened_at timestamptz,
  primary key (workspace_id, source, lead_id)
);
create index tracked_leads_opens_idx on tracked_leads (workspace_id, source, opens desc, last_opened_at desc);
select protect_table('tracked_leads');
comment on table tracked_leads is 'Who opened how much.';

create table open_totals (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  source text not null,
  opens bigint not null default 0,
  machine_opens bigint not null default 0,
  emails_opened bigint not null default 0,
  leads bigint not null default 0,
  emails_sent bigint not null default 0,
  replies bigint not null default 0,
  last_open_at timestamptz,
  primary key (workspace_id, source)
);
select protect_table('open_totals');
comment on table open_totals is 'Everything of a source added up.';

create table open_quarters (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  source text not null,
  quarter timestamptz not null, -- quarters of an hour: every zone's hours and days are made of them
  opens bigint not null default 0,
  primary key (workspace_id, source, quarter)
);
select protect_table('open_quarters');
comment on table open_quarters is 'Opens per quarter of an hour.';

create table open_delays (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  source text not null,
  minutes integer not null, -- from sent to first opened; by the hour after two days
  emails bigint not null default 0,
  primary key (workspace_id, source, minutes)
);
select protect_table('open_delays');
comment on table open_delays is 'How many emails were first opened after so many minutes.';

-- Exact to the minute for two days, to the hour after.
create function delay_bucket(delay interval) returns integer
language sql immutable parallel safe as $$
  select case
    when delay < interval '2 days' then floor(extract(epoch from delay) / 60)
    else floor(extract(epoch from delay) / 3600) * 60
  end::integer
$$;

-- When somebody was told of an open: its run either sent an alert or changed one that was there.
-- Runs of the recipe have the open's key, or the email's where one alert per email is wanted.
create function notified_at(workspace uuid, open text, email text) returns timestamptz
language sql stable parallel safe as $$
  select max(greatest(m.sent_at, r.started_at))
  from journeys j
  join journey_keys k on k.workspace_id = j.workspace_id and k.journey_id = j.id and k.key in (open, email)
  join journey_runs r on r.workspace_id = k.workspace_id and r.id = k.run_id
  join messages m on m.workspace_id = r.workspace_id and m.id = (r.results -> 'alert' ->> 'message_id')::uuid
  where j.workspace_id = workspace and j.recipe = 'close-open-alert' and m.sent_at is not null
$$;

-- Document 000's table, column for column. Whoever reads it sees its own workspace.
create view notification_log with (security_invoker = true) as
select id, email_id, lead_id, lead_name, subject, recipient, opens_count, opened_at,
  coalesce(notified_at, notified_at(workspace_id, open_key, email_id)) as notified_at
from email_opens;
select grant_both('select on notification_log');
comment on view notification_log is 'Each open of an email sent from Close, and when it was alerted.';
