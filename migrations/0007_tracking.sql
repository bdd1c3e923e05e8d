-- What comes back: stored first, answered then, understood after.
create table tracking_hits (
  workspace_id uuid not null,
  id uuid not null,
  n integer not null,
  hits text not null, -- JSON, as tracking/store/hits.ts writes it
  primary key (workspace_id, id)
);
alter table tracking_hits alter column hits set storage external; -- it lives for a second: compressing costs more than it saves
select protect_table('tracking_hits');
comment on table tracking_hits is 'Opens and clicks as they arrived, those of one group commit in a row, waiting to be classified and recorded.';

create table engagements (
  workspace_id uuid not null,
  message_id uuid not null,
  event_id uuid not null, -- the id of the hit and of its event
  kind text not null,
  at timestamptz not null,
  link_index integer not null,
  ip text,
  user_agent text,
  method text not null,
  purpose text,
  source text not null,
  network text, -- the /24 or /48 of the address
  company text, -- the recipient's domain where it is one company's
  class text not null,
  reason text not null,
  classifier_version smallint not null,
  primary key (workspace_id, message_id, event_id)
);
create index engagements_company_idx on engagements (workspace_id, company, network, at) where company is not null;
select protect_table('engagements');
comment on table engagements is 'Opens and clicks with their class, human or machine; rewritten when later hits or rules say otherwise.';

create table message_engagement (
  workspace_id uuid not null,
  message_id uuid not null,
  opens integer not null default 0,
  human_opens integer not null default 0,
  clicks integer not null default 0,
  human_clicks integer not null default 0,
  first_open_at timestamptz,
  first_human_open_at timestamptz,
  first_click_at timestamptz,
  first_human_click_at timestamptz,
  replied_at timestamptz,
  complained_at timestamptz,
  unsubscribed_at timestamptz,
  primary key (workspace_id, message_id)
);
select protect_table('message_engagement');
comment on table message_engagement is 'What a recipient did with a message, rebuilt from engagements.';

create table callbacks (
  workspace_id uuid not null,
  id uuid not null,
  source text not null, -- provider or connector
  sender_id uuid,
  connection_id uuid, -- whose connector reads it, where it is no sender's
  signed boolean not null default true, -- false: nothing to check it with, so it is only a hint to look
  key text not null, -- the vendor's own id of this callback, or the hash of its body
  method text not null,
  headers jsonb not null,
  url text not null,
  body bytea not null, -- as it arrived: signatures are over bytes
  received_at timestamptz not null,
  due_at timestamptz not null, -- when it is tried (again)
  status text not null constraint callbacks_status_check check (status in ('received', 'processed', 'failed')),
  attempts smallint not null default 0,
  reason text,
  processed_at timestamptz,
  primary key (workspace_id, id),
  constraint callbacks_key unique (workspace_id, source, key)
);
create index callbacks_due_idx on callbacks (due_at) where status = 'received';
create index senders_id_idx on senders (id); -- a callback's URL names no workspace
select protect_table('callbacks');
comment on table callbacks is 'What vendors told us, stored before it is answered; the same twice is one row.';
