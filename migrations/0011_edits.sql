-- Changes of messages that have gone out already. Only the newest content of each is wanted,
-- so a message has one row here, and none once its recipient sees what we mean.
create table message_edits (
  workspace_id uuid not null,
  message_id uuid not null,
  version integer not null default 1, -- grows with every change, so that one that came meanwhile is not taken for done
  due_at timestamptz not null, -- when it is tried (again)
  attempt smallint not null default 0,
  taken boolean not null default false, -- somebody is at it until due_at: two at once might end in the older one's words
  created_at timestamptz not null,
  primary key (workspace_id, message_id),
  foreign key (workspace_id, message_id) references messages (workspace_id, id) on delete cascade
);
create index message_edits_due_at_idx on message_edits (due_at);
select protect_table('message_edits');
comment on table message_edits is 'Sent messages whose new content has not reached the vendor yet.';
