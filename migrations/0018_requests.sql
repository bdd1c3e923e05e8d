-- What was asked of the API, and what it answered. Partitioned by day, by ids that tell their time, so
-- that retention is a drop. No key leads elsewhere and no index but one: it is written by every process once a second.
create table api_requests (
  workspace_id uuid not null,
  id uuid not null, -- as X-Request-ID answers it
  method text not null,
  route text not null, -- with its parameters' names: /notifications/:id
  path text not null, -- as it was asked for, decoded; secrets hidden
  query text,
  status smallint not null,
  code text, -- of the problem that was answered
  ms integer not null,
  actor_kind text not null,
  actor_id text not null,
  ip text,
  user_agent text,
  idempotency_key text,
  replayed boolean not null default false, -- answered from its idempotency key
  request_bytes integer,
  request_body text, -- JSON, shortened, secrets hidden
  answer text, -- the same of the answer
  message_ids uuid[] not null default '{}', -- that it made
  left_out integer not null default 0, -- successful requests before it that were not kept
  primary key (workspace_id, id)
) partition by range (id);
create table api_requests_default partition of api_requests default;
select protect_table('api_requests');
comment on table api_requests is 'Requests to the API, for some days: all that failed, and of very many that succeeded a part.';

create table api_request_erasures (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  id uuid not null,
  words text[] not null, -- what the person goes by, in small letters; gone with the row
  below uuid, -- requests from this one on are done; null: none yet
  primary key (workspace_id, id)
);
select protect_table('api_request_erasures');
comment on table api_request_erasures is 'People who are still being erased from the log of requests, which is longer than a transaction may take.';
