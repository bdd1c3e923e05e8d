-- Events reach those who react to them.
create table event_interests (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  subscriber text not null,
  name text not null, -- of the event
  primary key (workspace_id, subscriber, name)
);
select protect_table('event_interests');
comment on table event_interests is 'Which events a subscriber hears of.';
