-- A hidden link in tracked mail tells machines from people. Off: it can hurt what spam filters think of a mail.
alter table workspaces add column honeypot_link boolean not null default false;
comment on column workspaces.honeypot_link is 'Email whose clicks are tracked has a hidden link, which only machines follow.';
