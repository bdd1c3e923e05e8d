-- Messages that go by their next channel as well when nothing is heard of them in time.
-- A row is gone once that is settled, one way or the other.
create table message_fallbacks (
  workspace_id uuid not null,
  message_id uuid not null,
  channel text not null, -- by which it goes while this time runs
  after_seconds integer not null,
  unless text not null constraint message_fallbacks_unless_check check (unless in ('delivered', 'seen')),
  due_at timestamptz not null, -- when it is looked at (again)
  primary key (workspace_id, message_id),
  foreign key (workspace_id, message_id) references messages (workspace_id, id) on delete cascade
);
create index message_fallbacks_due_at_idx on message_fallbacks (due_at);
select protect_table('message_fallbacks');
comment on table message_fallbacks is 'Messages whose next channel is tried unless they are delivered, or seen, in time.';
