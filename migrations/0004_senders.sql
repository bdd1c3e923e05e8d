-- How we reach people: providers configured in a workspace, their pace and health.
create table senders (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  id uuid not null,
  channel text not null,
  provider text not null,
  name text not null,
  settings text not null, -- encrypted JSON
  origin text not null constraint senders_origin_check check (origin in ('builtin', 'environment', 'member')),
  position integer not null, -- order of use and failover within a channel, lowest first
  status text not null default 'active' constraint senders_status_check check (status in ('active', 'paused', 'disabled')),
  status_reason text, -- why it is paused, for people
  per_second double precision, -- null: the provider's own limit
  on_unknown text not null default 'hold' constraint senders_on_unknown_check check (on_unknown in ('hold', 'resend')),
  breaker_open_until timestamptz, -- null: the circuit is closed
  breaker_reason text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (workspace_id, id)
);
create index senders_channel_idx on senders (workspace_id, channel, position);
select protect_table('senders');
comment on table senders is 'A provider configured in a workspace: settings, limits, health.';

create table sender_pacing (
  workspace_id uuid not null,
  sender_id uuid not null,
  tokens double precision not null,
  refilled_at timestamptz not null,
  primary key (workspace_id, sender_id),
  foreign key (workspace_id, sender_id) references senders (workspace_id, id) on delete cascade
);
select protect_table('sender_pacing');
comment on table sender_pacing is 'Token bucket of a sender, shared by all processes.';

create table lanes (
  workspace_id uuid not null,
  sender_id uuid not null,
  priority smallint not null,
  next_due timestamptz not null,
  touched bigint not null default 0, -- grows with every arrival, so that draining cannot hide a new one
  primary key (workspace_id, sender_id, priority),
  foreign key (workspace_id, sender_id) references senders (workspace_id, id) on delete cascade
);
create index lanes_next_due_idx on lanes (next_due);
select protect_table('lanes');
comment on table lanes is 'Where work is due: tells the engine whom to claim for.';
