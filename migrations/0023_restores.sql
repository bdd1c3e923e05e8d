-- After a restore: what happened before it may have been reacted to since the backup, which cannot know.

alter table workspaces add column restored_at timestamptz;
comment on column workspaces.restored_at is 'When it was last restored from a backup. Null: never.';

alter table event_queue add column restored boolean not null default false;
comment on column event_queue.restored is 'It happened before a restore: it ends and holds, and begins nothing until a person lets it.';
create index event_queue_restored_idx on event_queue (workspace_id, subscriber) where restored;

alter table journeys add column missed_at timestamptz;
comment on column journeys.missed_at is 'A time of its schedule that passed before a restore: a person says whether its run begins.';

-- What is told once more by pulls, webhooks and stored hits is marked as what was waiting is. A month
-- after the restore nobody tells again what was, and what comes late is what it seems.
create or replace function queue_events() returns trigger language plpgsql as $$
begin
  if exists (select from event_interests) then
    insert into event_queue (workspace_id, subscriber, event_id, recorded_at, due_at, restored)
    select e.workspace_id, i.subscriber, e.id, e.recorded_at, e.recorded_at,
      coalesce(e.at <= w.restored_at and e.recorded_at < w.restored_at + interval '30 days', false)
    from added e
    join event_interests i on i.workspace_id = e.workspace_id and i.name = e.name
    join workspaces w on w.id = e.workspace_id;
  end if;
  return null;
end
$$;
