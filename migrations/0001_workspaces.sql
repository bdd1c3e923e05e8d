-- Whose it is: workspaces, the people who sign in, their keys, and what they did.
--
-- Roles. The server connects as the owner and then becomes one of two:
--   beckon_app     requests of one workspace; row level security shows it that workspace only
--   beckon_engine  claiming, settling and group commits over several workspaces
--
-- Where the owner may not create roles (some managed services), the policies bind the owner
-- itself and `app.role` says which of the two a connection plays; `beckon doctor` says so.
do $$
begin
  if not exists (select from pg_roles where rolname = 'beckon_app') then
    create role beckon_app nologin;
  end if;
  if not exists (select from pg_roles where rolname = 'beckon_engine') then
    create role beckon_engine nologin;
  end if;
  execute format('grant beckon_app, beckon_engine to %I', current_user);
exception
  when duplicate_object or unique_violation then null; -- another database of this cluster was quicker
  when insufficient_privilege then null; -- see has_roles()
end
$$;

-- Whether connections can become beckon_app and beckon_engine.
create function has_roles() returns boolean language sql stable as $$
  select count(*) = 2 and bool_and(pg_has_role(current_user, oid, 'member'))
  from pg_roles
  where rolname in ('beckon_app', 'beckon_engine')
$$;

-- Gives both roles rights on tables and schemas; nothing to do without them.
create function grant_both(rights text) returns void
language plpgsql as $$
begin
  if has_roles() then
    execute format('grant %s to beckon_app, beckon_engine', rights);
  end if;
end
$$;
select grant_both('usage on schema public');

-- Puts a table of a workspace behind row level security. `append_only` tables
-- get neither update nor delete: by rights and no trigger, so that Citus can distribute them.
create function protect_table(name regclass, append_only boolean default false) returns void
language plpgsql as $$
declare
  rights text := case when append_only then 'select, insert' else 'select, insert, update, delete' end;
  mine text := $p$workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid$p$;
  engine text := $p$current_setting('app.role', true) = 'beckon_engine'$p$;
begin
  execute format('alter table %s enable row level security', name);
  execute format('alter table %s force row level security', name);
  if has_roles() then
    execute format('create policy workspace_only on %s to beckon_app using (%s) with check (%s)', name, mine, mine);
    execute format('create policy engine on %s to beckon_engine using (true) with check (true)', name);
    perform grant_both(format('%s on %s', rights, name));
  else
    execute format('create policy workspace_only on %s using (%s or %s) with check (%s or %s)', name, engine, mine, engine, mine);
  end if;
end
$$;

create table workspaces (
  id uuid primary key,
  number integer generated always as identity unique,
  slug text not null unique constraint workspaces_slug_check check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text not null,
  time_zone text not null default 'UTC',
  locale text not null default 'en',
  default_country text, -- ISO 3166-1 alpha-2; null: phone numbers must be international
  accept_per_second integer constraint workspaces_accept_per_second_check check (accept_per_second > 0), -- messages handed in; null: no limit
  pepper bytea not null, -- hashes suppressed addresses, so that erased ones stay recognisable
  created_at timestamptz not null
);
comment on table workspaces is 'A workspace owns everything; nothing crosses it. `number` is its public number in tracking tokens.';

create table members (
  id uuid primary key,
  email text not null,
  user_name text,
  full_name text,
  password_hash text, -- null until the invitation is taken
  totp_secret text, -- encrypted; null without two-factor
  totp_pending text, -- encrypted; enrolled and not yet confirmed by a code
  totp_last_step bigint, -- a code is good once
  recovery_hashes text[] not null default '{}',
  last_login timestamptz,
  created_by uuid,
  created_at timestamptz not null
);
create unique index members_email_key on members (lower(email));
create unique index members_user_name_key on members (lower(user_name)) where user_name is not null;
comment on table members is 'A person who signs in to the dashboard.';

create table memberships (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  member_id uuid not null references members (id) on delete cascade,
  role text not null constraint memberships_role_check check (role in ('owner', 'admin', 'editor', 'viewer', 'client')),
  is_active boolean not null default true, -- false: may not sign in to this workspace
  created_at timestamptz not null,
  primary key (workspace_id, member_id)
);
create index memberships_member_id_idx on memberships (member_id);
comment on table memberships is 'What a member may do in a workspace.';

create table sessions (
  token_hash text primary key,
  member_id uuid not null references members (id) on delete cascade,
  workspace_id uuid not null references workspaces (id) on delete cascade,
  created_at timestamptz not null,
  seen_at timestamptz not null,
  expires_at timestamptz not null,
  verified_at timestamptz not null, -- last time the password or a code was given; sensitive acts ask again
  remembered boolean not null default false,
  ip text,
  user_agent text
);
create index sessions_member_id_idx on sessions (member_id);
create index sessions_expires_at_idx on sessions (expires_at);
comment on table sessions is 'A signed-in browser. The token itself is never stored.';

create table one_time_tokens (
  token_hash text primary key,
  purpose text not null constraint one_time_tokens_purpose_check check (purpose in ('setup', 'invite', 'reset')),
  workspace_id uuid references workspaces (id) on delete cascade,
  member_id uuid references members (id) on delete cascade,
  role text,
  email text,
  created_by uuid, -- the member who invited
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index one_time_tokens_workspace_id_idx on one_time_tokens (workspace_id);
comment on table one_time_tokens is 'Links that work once: create the owner, take an invitation, reset a password.';

create table api_keys (
  id text primary key,
  workspace_id uuid not null references workspaces (id) on delete cascade,
  name text not null,
  secret_hash text not null,
  scopes text[] not null,
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  created_by uuid,
  created_at timestamptz not null
);
create index api_keys_workspace_id_idx on api_keys (workspace_id);
comment on table api_keys is 'A key of the API: hashed, scoped, expiring, shown once.';

create table login_attempts (
  key text primary key, -- hash of what is counted: an account, an account from a network, a network
  failures integer not null,
  ends_at timestamptz not null -- the count starts again from here
);
create index login_attempts_ends_at_idx on login_attempts (ends_at);
comment on table login_attempts is 'Failed logins, counted in windows of time, so that all processes share the lockout.';

select grant_both('select, insert, update, delete on workspaces, members, memberships, sessions, one_time_tokens, api_keys, login_attempts');

create table audit_entries (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  seq bigint not null,
  at timestamptz not null,
  actor_kind text not null,
  actor_id text,
  action text not null,
  target text,
  details jsonb not null default '{}',
  ip text,
  request_id text,
  hash text not null, -- SHA-256 of the entry before and this one; a gap or a change shows
  primary key (workspace_id, seq)
);
select protect_table('audit_entries', true);
comment on table audit_entries is 'Who did what. Append-only and hash-chained per workspace.';

create table audit_heads (
  workspace_id uuid primary key references workspaces (id) on delete cascade,
  seq bigint not null,
  hash text not null
);
select protect_table('audit_heads');
comment on table audit_heads is 'The last link of each audit chain; its row lock orders the entries.';

create table idempotency_keys (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  key text not null,
  scope text not null, -- method and path
  body_hash text not null,
  status integer, -- null while the first request is being answered
  response text,
  created_at timestamptz not null,
  primary key (workspace_id, scope, key)
);
create index idempotency_keys_created_at_idx on idempotency_keys (created_at);
select protect_table('idempotency_keys');
comment on table idempotency_keys is 'Answers to writes, kept 24 hours, so that the same request again gets the same answer.';

create table processes (
  id uuid primary key,
  lock_key bigint not null,
  host text not null,
  roles text[] not null,
  started_at timestamptz not null,
  seen_at timestamptz not null
);
select grant_both('select, insert, update, delete on processes');
comment on table processes is 'Server processes. Each holds an advisory lock while it lives; a free lock means it died.';
