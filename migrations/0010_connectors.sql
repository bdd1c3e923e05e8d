-- Other systems of record: connectors configured in a workspace, how far each has been read, and
-- who is reading it now.
create table connections (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  id uuid not null,
  connector text not null,
  name text not null,
  settings text not null, -- encrypted JSON
  origin text not null constraint connections_origin_check check (origin in ('environment', 'member')),
  status text not null default 'active' constraint connections_status_check check (status in ('active', 'paused', 'disabled')),
  status_reason text, -- why it is paused, for people
  since timestamptz not null, -- what happened over there before is history and raises no event
  subscription_id text, -- the vendor's id of the webhook subscription that we made
  subscription_key text, -- what the vendor signs with; encrypted
  callback_at timestamptz, -- the last webhook that was taken
  callbacks_received bigint not null default 0,
  callbacks_rejected bigint not null default 0,
  missed integer not null default 0, -- events that a pull found and no webhook told, since the last webhook
  missed_since timestamptz, -- the first of them
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (workspace_id, id)
);
create index connections_id_idx on connections (id); -- a webhook's URL names no workspace
select protect_table('connections');
comment on table connections is 'A connector configured in a workspace: settings, health, its webhook subscription.';

create table connection_tasks (
  workspace_id uuid not null,
  connection_id uuid not null,
  task text not null, -- a source of the connector, or 'subscribe'
  cursor jsonb, -- how far it has been read; null: not at all
  due_at timestamptz, -- null: not by itself
  attempts integer not null default 0, -- failures in a row
  lease uuid, -- token of the run under way; whoever holds another may not write
  lease_until timestamptz,
  leased_by uuid, -- the process; when it dies the lease ends with it
  last_at timestamptz, -- the last run that went through
  last_error text, -- of the last run; null when it went through
  limited boolean not null default false, -- it waits until the vendor takes calls again, which is no fault
  primary key (workspace_id, connection_id, task),
  foreign key (workspace_id, connection_id) references connections (workspace_id, id) on delete cascade
);
create index connection_tasks_due_idx on connection_tasks (due_at);
select protect_table('connection_tasks');
comment on table connection_tasks is 'What is done for a connection again and again, how far it is, and who is at it.';

create table sync_runs (
  workspace_id uuid not null,
  id uuid not null, -- the token of its lease
  connection_id uuid not null,
  task text not null,
  status text not null constraint sync_runs_status_check check (status in ('running', 'done', 'failed', 'abandoned', 'limited')),
  pages integer not null default 0,
  records integer not null default 0,
  events integer not null default 0, -- new ones
  expected integer, -- records of the whole, where the vendor tells
  error text,
  started_at timestamptz not null,
  ended_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, connection_id) references connections (workspace_id, id) on delete cascade
);
create index sync_runs_task_idx on sync_runs (workspace_id, connection_id, task, id);
select protect_table('sync_runs');
comment on table sync_runs is 'Pulls, newest kept for some days.';

create table connection_counts (
  workspace_id uuid not null,
  connection_id uuid not null,
  name text not null, -- of events
  fresh bigint not null default 0,
  again bigint not null default 0, -- told once more, and dropped
  last_at timestamptz, -- when the last new one was recorded
  primary key (workspace_id, connection_id, name),
  foreign key (workspace_id, connection_id) references connections (workspace_id, id) on delete cascade
);
select protect_table('connection_counts');
comment on table connection_counts is 'Events that a connection told: new ones, and ones that we had.';

create table connection_readings (
  workspace_id uuid not null,
  connection_id uuid not null,
  contact_id uuid not null,
  marks jsonb not null, -- of what was last told, by field: short hashes, to see that something changed; one can try what they are of
  primary key (workspace_id, connection_id, contact_id),
  foreign key (workspace_id, connection_id) references connections (workspace_id, id) on delete cascade,
  foreign key (workspace_id, contact_id) references contacts (workspace_id, id) on delete cascade
);
create index connection_readings_contact_id_idx on connection_readings (workspace_id, contact_id);
select protect_table('connection_readings');
comment on table connection_readings is 'What a connection last said of a contact, so that one sees who changed it since.';

create table open_sightings (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  source text not null,
  open_key text not null,
  email_id text not null,
  company text not null, -- the recipient's domain where it is one company's
  network text not null, -- the /24 or /48 of the address
  at timestamptz not null,
  recorded_at timestamptz not null,
  properties jsonb not null, -- of the event
  primary key (workspace_id, source, open_key)
);
create index open_sightings_network_idx on open_sightings (workspace_id, source, company, network, at);
create index open_sightings_recorded_at_idx on open_sightings (recorded_at);
select protect_table('open_sightings');
comment on table open_sightings is 'Opens of other systems'' emails at companies, kept for days: several at once from one network are a gateway.';
