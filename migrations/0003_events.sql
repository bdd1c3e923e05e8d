-- What happened, once, immutable. Partitioned by month so that retention is a drop;
-- what must be unique lives beside it, unpartitioned.
create table events (
  workspace_id uuid not null,
  id uuid not null,
  name text not null,
  contact_id uuid, -- null: not about a contact
  message_id uuid, -- null: not about a message
  at timestamptz not null,
  recorded_at timestamptz not null,
  source text not null,
  properties jsonb not null default '{}',
  primary key (workspace_id, recorded_at, id)
) partition by range (recorded_at);
create table events_default partition of events default;
create index events_message_id_idx on events (workspace_id, message_id, at) where message_id is not null;
create index events_contact_id_idx on events (workspace_id, contact_id, at) where contact_id is not null and message_id is null;
select protect_table('events', true);
comment on table events is 'Something that happened: receipts, decisions, imports, customers'' own events.';

-- The one change that an event allows: whoever is erased is also erased from what was said of them.
-- Rights of the owner, for the workspace of the transaction only.
do $$
begin
  if has_roles() then -- else the owner's own policy lets it through, inside its workspace
    create policy forgetting on events to current_user using (true) with check (true);
  end if;
end
$$;
create function forget_events(contacts uuid[], messages uuid[]) returns bigint
language sql security definer set search_path = public, pg_temp as $$
  with forgotten as (
    update events
    set properties = '{}'
    where workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid
      and (contact_id = any (contacts) or message_id = any (messages)) and properties <> '{}'
    returning 1
  )
  select count(*) from forgotten
$$;
revoke execute on function forget_events from public;
select grant_both('execute on function forget_events');

create table event_keys (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  source text not null,
  key text not null,
  event_id uuid not null,
  recorded_at timestamptz not null,
  primary key (workspace_id, source, key)
);
create index event_keys_recorded_at_idx on event_keys (recorded_at);
select protect_table('event_keys');
comment on table event_keys is 'Keys of events that must count once, whoever tells us and how often.';

create table counts (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  hour timestamptz not null,
  channel text not null,
  metric text not null,
  n bigint not null,
  primary key (workspace_id, hour, channel, metric)
);
select protect_table('counts');
comment on table counts is 'How many of what per hour and channel, kept with the rows that are counted.';
