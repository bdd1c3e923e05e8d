-- Who comes to a workspace's contacts and who goes, added up as it happens: people who were erased
-- are in no table any more, and a million who came in one import are a few rows here.
create table contact_growth (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  quarter timestamptz not null, -- of an hour: every zone's days are made of them
  change text not null constraint contact_growth_change_check
    check (change in ('new', 'returned', 'unsubscribed', 'deleted', 'merged')),
  writer integer not null default pg_backend_pid(), -- no two transactions at once have one row: nobody waits
  n bigint not null,
  primary key (workspace_id, quarter, change, writer)
);
select protect_table('contact_growth');
comment on table contact_growth is 'How many contacts came and went, per quarter of an hour.';
