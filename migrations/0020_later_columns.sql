-- Invitations are listed and taken back; opens are counted by people beside all of them.

alter table one_time_tokens add column id uuid, add column taken_back_at timestamptz;
update one_time_tokens set id = gen_random_uuid();
alter table one_time_tokens alter column id set not null;
comment on column one_time_tokens.taken_back_at is 'Of an invitation: its link says so until it is past.';

alter table open_quarters add column machine_opens bigint not null default 0;
comment on column open_quarters.machine_opens is 'Among the opens.';
