-- One content for one contact on one channel, with a life (messages/life.ts draws it).
-- The table is the queue: `due_at` says when it may be claimed, and while it is leased
-- or being sent, when that lease ends.
-- Its sender exists: whoever writes a row or moves it touches its lane in the same transaction, and
-- the lane refers to the sender. A foreign key here would say the same at half the cost of accepting.
create table messages (
  workspace_id uuid not null,
  id uuid not null,
  channel text not null,
  status text not null constraint messages_status_check check (status in
    ('scheduled', 'queued', 'held', 'sending', 'sent', 'delivered', 'bounced', 'failed', 'skipped', 'cancelled', 'expired', 'unknown')),
  priority smallint not null, -- 0 low, 1 normal, 2 high, 3 urgent
  kind text not null constraint messages_kind_check check (kind in ('system', 'transactional', 'marketing')),
  topic text, -- null: no category was given
  contact_id uuid, -- null: for a destination without a contact
  recipient_id text, -- as the caller named the contact; null when addressed directly
  address text, -- null: the sender's own destination, or none known
  to_name text, -- as the caller named them for this message, in a mail's To
  sender_id uuid not null,
  template_id uuid, -- null: inline content
  template_version integer,
  locale text,
  variables jsonb,
  flags smallint not null default 0, -- 1 track opens, 2 track clicks, 4 has attachments, 8 expires when its sender said
  routing jsonb, -- channels still to try, or null
  metadata jsonb,
  due_at timestamptz not null,
  scheduled_at timestamptz, -- as asked; null: at once
  expires_at timestamptz not null,
  send_window jsonb, -- when it may go, see lib/window.ts; null: at any time
  attempt smallint not null default 0,
  lease uuid, -- fencing token of the process that holds it
  leased_by uuid, -- that process
  reason text, -- skip_reason, hold reason or error code, by status
  detail text, -- the same in words
  provider_message_id text,
  resend_of uuid, -- the message of which it is a copy; of a copy's copy too, the first
  created_at timestamptz not null,
  sent_at timestamptz,
  settled_at timestamptz,
  primary key (workspace_id, id)
) with (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.1);
create index messages_due_idx on messages (workspace_id, sender_id, priority, due_at)
  where status in ('scheduled', 'queued', 'held');
create index messages_sending_idx on messages (workspace_id, due_at) where status = 'sending';
create index messages_contact_id_idx on messages (workspace_id, contact_id, id) where contact_id is not null;
create index messages_provider_message_id_idx on messages (workspace_id, provider_message_id)
  where provider_message_id is not null;
create index messages_resend_of_idx on messages (workspace_id, resend_of) where resend_of is not null;
create index messages_attention_idx on messages (workspace_id, status, id)
  where status in ('failed', 'unknown', 'bounced', 'skipped', 'expired', 'cancelled');
select protect_table('messages');
comment on table messages is 'One content for one contact on one channel. Also the queue.';

create table message_contents (
  workspace_id uuid not null,
  message_id uuid not null,
  content jsonb not null, -- {subject, html, text, title}
  subject text generated always as (left(content ->> 'subject', 200)) stored, -- its head, which a search reads from the key's index alone
  created_at timestamptz not null,
  primary key (workspace_id, message_id) include (subject),
  foreign key (workspace_id, message_id) references messages (workspace_id, id) on delete cascade
);
create index message_contents_created_at_idx on message_contents using brin (created_at);
select protect_table('message_contents');
comment on table message_contents is 'Content given with a message instead of a template; kept 45 days.';

create table message_attachments (
  workspace_id uuid not null,
  message_id uuid not null,
  index integer not null,
  filename text not null,
  content_type text not null,
  content_id text,
  content bytea not null,
  primary key (workspace_id, message_id, index),
  foreign key (workspace_id, message_id) references messages (workspace_id, id) on delete cascade
);
select protect_table('message_attachments');
comment on table message_attachments is 'Files that go with a message.';

create table message_links (
  workspace_id uuid not null,
  message_id uuid not null,
  index integer not null,
  url text not null,
  primary key (workspace_id, message_id, index),
  foreign key (workspace_id, message_id) references messages (workspace_id, id) on delete cascade
);
select protect_table('message_links');
comment on table message_links is 'Destinations that belong to one message; those of templates are read from the version.';
