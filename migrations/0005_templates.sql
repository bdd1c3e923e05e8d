-- What to say.
create table templates (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  id uuid not null,
  name text not null,
  channel text not null,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  archived_at timestamptz,
  primary key (workspace_id, id),
  constraint templates_name_key unique (workspace_id, name)
);
select protect_table('templates');
comment on table templates is 'Content with variables. `version` is the one in use.';

create table template_versions (
  workspace_id uuid not null,
  template_id uuid not null,
  version integer not null,
  default_locale text not null,
  contents jsonb not null, -- by locale: {subject, html, mjml, text}
  variables jsonb not null, -- [{name, required, default}]
  note text,
  created_by text,
  created_at timestamptz not null,
  primary key (workspace_id, template_id, version),
  foreign key (workspace_id, template_id) references templates (workspace_id, id) on delete cascade
);
select protect_table('template_versions', true);
comment on table template_versions is 'Each saved state of a template, with all its locales. Never changed.';
