-- What to say.
create table templates (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  id uuid not null,
  name text not null,
  channel text not null,
  version integer not null,
  drafts integer not null default 0, -- how often one was saved: the number of the next is one more
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
  subjects text generated always as (jsonb_path_query_array(contents, '$.*.subject')::text) stored, -- of all locales, for a search
  variables jsonb not null, -- [{name, required, default}]
  note text,
  created_by text,
  created_at timestamptz not null,
  primary key (workspace_id, template_id, version),
  foreign key (workspace_id, template_id) references templates (workspace_id, id) on delete cascade
);
select protect_table('template_versions', true);
comment on table template_versions is 'Each saved state of a template, with all its locales. Never changed.';

create table template_drafts (
  workspace_id uuid not null,
  template_id uuid not null,
  revision integer not null, -- another with every save, and never again that of an older draft
  based_on integer not null, -- the version that it was begun with
  contents jsonb not null, -- by locale, what changes: {subject, html, mjml, text}; null removes
  saved_by text,
  updated_at timestamptz not null,
  primary key (workspace_id, template_id),
  foreign key (workspace_id, template_id) references templates (workspace_id, id) on delete cascade
);
select protect_table('template_drafts');
comment on table template_drafts is 'What is written and not published yet. Need not be complete, nor compile.';
