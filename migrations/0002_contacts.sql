-- Who we may message, where, and whether we may.
create table contacts (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  id uuid not null,
  name text,
  locale text, -- null: the workspace's
  time_zone text, -- null: the workspace's
  traits jsonb not null default '{}',
  tags text[] not null default '{}',
  merged_into uuid, -- set when a duplicate was merged away; its ids lead to the other contact
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (workspace_id, id)
);
create index contacts_merged_into_idx on contacts (workspace_id, merged_into) where merged_into is not null;
select protect_table('contacts');
comment on table contacts is 'A person we may message.';

create table contact_identities (
  workspace_id uuid not null,
  source text not null,
  external_id text not null,
  contact_id uuid not null,
  created_at timestamptz not null,
  primary key (workspace_id, source, external_id),
  foreign key (workspace_id, contact_id) references contacts (workspace_id, id) on delete cascade
);
create index contact_identities_contact_id_idx on contact_identities (workspace_id, contact_id);
select protect_table('contact_identities');
comment on table contact_identities is 'What other systems call a contact. recipient_id and user_id are ids of source `api`.';

create table contact_addresses (
  workspace_id uuid not null,
  contact_id uuid not null,
  kind text not null constraint contact_addresses_kind_check check (kind in ('email', 'phone', 'push')),
  address text not null, -- email normalised, phone E.164, push token as given
  is_primary boolean not null default false,
  verified_at timestamptz, -- null: not proven to be theirs
  created_at timestamptz not null,
  primary key (workspace_id, contact_id, kind, address),
  foreign key (workspace_id, contact_id) references contacts (workspace_id, id) on delete cascade
);
create index contact_addresses_address_idx on contact_addresses (workspace_id, address, kind);
create unique index contact_addresses_primary_key on contact_addresses (workspace_id, contact_id, kind) where is_primary;
select protect_table('contact_addresses');
comment on table contact_addresses is 'Where a contact is reached. Several per kind, one of them primary; not unique across contacts.';

create table contact_merges (
  workspace_id uuid not null,
  id uuid not null,
  kept_id uuid not null,
  merged_id uuid not null,
  snapshot jsonb not null, -- what belonged to the merged contact, so that the merge can be undone
  merged_at timestamptz not null,
  undone_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, kept_id) references contacts (workspace_id, id) on delete cascade
);
select protect_table('contact_merges');
comment on table contact_merges is 'Merges of duplicates, reversible.';

create table topics (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  key text not null,
  name text not null,
  kind text not null constraint topics_kind_check check (kind in ('system', 'transactional', 'marketing')),
  on_unknown text constraint topics_on_unknown_check check (on_unknown in ('hold', 'resend')),
  created_at timestamptz not null,
  primary key (workspace_id, key)
);
select protect_table('topics');
comment on table topics is 'What a contact may subscribe to. Its kind decides about consent, headers and caps.';

create table consents (
  workspace_id uuid not null,
  id uuid not null,
  contact_id uuid not null,
  topic text not null, -- a topic key, or `*` for all marketing
  channel text not null, -- a channel, or `*` for all
  granted boolean not null,
  source text not null,
  proof jsonb not null default '{}',
  at timestamptz not null,
  primary key (workspace_id, id),
  foreign key (workspace_id, contact_id) references contacts (workspace_id, id) on delete cascade
);
create index consents_contact_id_idx on consents (workspace_id, contact_id, at);
select protect_table('consents', true);
comment on table consents is 'Every recorded yes or no: when, how, proof. Append-only.';

create table consent_states (
  workspace_id uuid not null,
  contact_id uuid not null,
  topic text not null,
  channel text not null,
  granted boolean not null,
  at timestamptz not null,
  primary key (workspace_id, contact_id, topic, channel),
  foreign key (workspace_id, contact_id) references contacts (workspace_id, id) on delete cascade
);
select protect_table('consent_states');
comment on table consent_states is 'The last word of each consent, as the gate reads it.';

create table suppressions (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  kind text not null constraint suppressions_kind_check check (kind in ('email', 'phone', 'push')),
  address_hash text not null, -- HMAC with the workspace's pepper, so that an erased address stays suppressed
  address text, -- null once erased
  reason text not null constraint suppressions_reason_check check (reason in ('bounce', 'complaint', 'manual', 'erased')),
  source text not null,
  detail text,
  expires_at timestamptz, -- null: until lifted by hand
  created_at timestamptz not null,
  primary key (workspace_id, kind, address_hash)
);
select protect_table('suppressions');
comment on table suppressions is 'Addresses never to send to, whatever the consent.';

create table imports (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  id uuid not null,
  status text not null constraint imports_status_check check (status in ('queued', 'running', 'done', 'failed')),
  mapping jsonb not null,
  content bytea, -- null once done
  position bigint not null default 0, -- rows taken so far; the chunk and this move together
  created_count bigint not null default 0,
  updated_count bigint not null default 0,
  failed_count bigint not null default 0,
  failures jsonb not null default '[]', -- the first 1,000: row, column, reason
  error text,
  created_at timestamptz not null,
  finished_at timestamptz,
  primary key (workspace_id, id)
);
select protect_table('imports');
comment on table imports is 'CSV imports of contacts, resumable by row.';
