-- Journeys: what is to happen, step by step, and where everybody is.
create table journeys (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  id uuid not null,
  name text not null,
  title text,
  status text not null constraint journeys_status_check check (status in ('draft', 'active', 'paused', 'archived')),
  status_reason text, -- why it is paused, for people
  version integer not null, -- the one that new runs take
  origin text not null constraint journeys_origin_check check (origin in ('member', 'environment')),
  recipe text, -- the recipe that it came from
  settings jsonb not null default '{}', -- values by name; what is not here has the version's default
  next_at timestamptz, -- when its schedule begins a run next; null: it has none, or is not in use
  drafts integer not null default 0, -- number of the last draft that is gone: the next one's is greater
  next_version integer, -- the version that next_at was reckoned from; another: it is reckoned anew
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (workspace_id, id),
  constraint journeys_name_key unique (workspace_id, name)
);
select protect_table('journeys');
comment on table journeys is 'Journeys by name, and whether people may enter them.';

create index journeys_next_at_idx on journeys (next_at) where next_at is not null;

create table journey_versions (
  workspace_id uuid not null,
  journey_id uuid not null,
  version integer not null,
  definition jsonb not null, -- the document as it was given
  created_by text,
  created_at timestamptz not null,
  primary key (workspace_id, journey_id, version),
  foreign key (workspace_id, journey_id) references journeys (workspace_id, id) on delete cascade
);
select protect_table('journey_versions', true);
comment on table journey_versions is 'Each saved state of a journey. Never changed: runs stay with the one they began with.';
create index journeys_active_idx on journeys (workspace_id, id) where status = 'active';

-- Runs are the queue: `due_at` says when a run is to be looked at next, and while one of its calls
-- is under way, when that lease ends.
create table journey_runs (
  workspace_id uuid not null,
  id uuid not null,
  journey_id uuid not null,
  version integer not null,
  contact_id uuid, -- null: about nobody
  key text not null, -- what runs of the journey are told apart by
  status text not null constraint journey_runs_status_check check (status in
    ('active', 'waiting', 'held', 'done', 'exited', 'failed', 'cancelled')),
  step text, -- where it stands; null: it has ended
  failed_step text, -- where it stood when it failed; there it is taken up again
  entered_step_at timestamptz,
  due_at timestamptz, -- null: held without an end, or it has ended
  event jsonb not null default '{}', -- what began it
  results jsonb not null default '{}', -- of its steps, by their ids
  trail jsonb not null default '[]', -- which steps it left, when and how; the newest ones
  attempt smallint not null default 0, -- of the step it stands at
  lease uuid, -- fencing token of the call under way
  leased_by uuid, -- the process that makes it
  exit_reason text,
  detail text,
  attention boolean not null default false, -- a person should look at it
  started_at timestamptz not null,
  ended_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, journey_id) references journeys (workspace_id, id) on delete cascade
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
create index journey_runs_due_at_idx on journey_runs (workspace_id, journey_id, due_at, id) where due_at is not null;
create index journey_runs_journey_id_idx on journey_runs (workspace_id, journey_id, id);
-- A million that wait must not be read to find the few that failed.
create index journey_runs_status_idx on journey_runs (workspace_id, journey_id, status, id) where status <> 'waiting';
create index journey_runs_step_idx on journey_runs (workspace_id, journey_id, step, due_at, id) where due_at is not null;
create index journey_runs_key_idx on journey_runs (workspace_id, journey_id, key, id);
create index journey_runs_contact_id_idx on journey_runs (workspace_id, contact_id) where contact_id is not null;
create index journey_runs_lease_idx on journey_runs (leased_by, workspace_id, id) where lease is not null;
create index journey_runs_attention_idx on journey_runs (workspace_id, journey_id, id) where attention;
select protect_table('journey_runs');
comment on table journey_runs is 'Who is where in which journey. Also the queue.';

create table journey_keys (
  workspace_id uuid not null,
  journey_id uuid not null,
  key text not null,
  run_id uuid not null, -- the last one
  entered_at timestamptz not null,
  live boolean not null,
  primary key (workspace_id, journey_id, key),
  foreign key (workspace_id, journey_id) references journeys (workspace_id, id) on delete cascade
) with (fillfactor = 80);
select protect_table('journey_keys');
comment on table journey_keys is 'Who may enter again: the last run of each key.';

create table journey_sends (
  workspace_id uuid not null,
  message_id uuid not null,
  journey_id uuid not null,
  run_id uuid not null,
  step text not null,
  update_key text, -- under which later runs change it instead of sending another
  update_order double precision, -- of what it says; changes of a smaller one come too late
  at timestamptz not null,
  primary key (workspace_id, message_id),
  foreign key (workspace_id, message_id) references messages (workspace_id, id) on delete cascade
);
create index journey_sends_run_id_idx on journey_sends (workspace_id, run_id);
create unique index journey_sends_update_key_idx on journey_sends (workspace_id, journey_id, update_key) where update_key is not null;
select protect_table('journey_sends');
comment on table journey_sends is 'Messages that runs sent.';

create table journey_counts (
  workspace_id uuid not null,
  journey_id uuid not null,
  version integer not null,
  step text not null,
  entered bigint not null,
  gone bigint not null, -- left it, or ended there
  primary key (workspace_id, journey_id, version, step),
  foreign key (workspace_id, journey_id) references journeys (workspace_id, id) on delete cascade
);
select protect_table('journey_counts');
comment on table journey_counts is 'How many came to a step and went on, by version. Who waits there is the difference.';

-- A revision counts each save, so that two people at one draft notice each other.
create table journey_drafts (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  id uuid not null, -- the journey's, also before there is one
  revision integer not null, -- another with every save, and never again that of an older draft
  based_on integer not null, -- version of the journey that it was begun with; 0: there is none yet
  definition jsonb not null, -- may be wrong in every way but those that keep it from being drawn
  saved_by text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (workspace_id, id)
);
select protect_table('journey_drafts');
comment on table journey_drafts is 'Journeys while they are written, beside the versions that are in use.';
