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
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (workspace_id, id),
  constraint journeys_name_key unique (workspace_id, name)
);
select protect_table('journeys');
comment on table journeys is 'Journeys by name, and whether people may enter them.';

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
