-- Events reach those who react to them.
create table event_interests (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  subscriber text not null,
  name text not null, -- of the event
  primary key (workspace_id, subscriber, name)
);
select protect_table('event_interests');
comment on table event_interests is 'Which events a subscriber hears of.';

create table event_queue (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  subscriber text not null,
  event_id uuid not null,
  recorded_at timestamptz not null, -- with workspace and id the key of the event
  due_at timestamptz not null, -- infinity: given up, `reason` says why
  attempt smallint not null default 0,
  reason text,
  primary key (workspace_id, subscriber, event_id)
) with (autovacuum_vacuum_scale_factor = 0.02);
create index event_queue_due_at_idx on event_queue (subscriber, workspace_id, due_at, event_id);
select protect_table('event_queue');
comment on table event_queue is 'Events that a subscriber has not reacted to yet.';

-- In the transaction that records an event, whoever writes it: so none is missed, and none is told twice.
create function queue_events() returns trigger language plpgsql as $$
begin
  if exists (select from event_interests) then
    insert into event_queue (workspace_id, subscriber, event_id, recorded_at, due_at)
    select e.workspace_id, i.subscriber, e.id, e.recorded_at, e.recorded_at
    from added e
    join event_interests i on i.workspace_id = e.workspace_id and i.name = e.name;
  end if;
  return null;
end
$$;
create index event_interests_name_idx on event_interests (workspace_id, name, subscriber);
create trigger queue_events after insert on events referencing new table as added
  for each statement execute function queue_events();
