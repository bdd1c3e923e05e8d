-- What lies between a sender and one recipient: when they last wrote, and when they may next be written to.
create table conversations (
  workspace_id uuid not null,
  sender_id uuid not null,
  address text not null, -- E.164, or the vendor's id of somebody whose number it does not tell
  inbound_at timestamptz, -- when they last wrote to us; free text may go for some hours after
  next_send_at timestamptz not null default '-infinity', -- the vendor takes one message in so many seconds
  slowed smallint not null default 0, -- how often in a row the vendor found us too fast
  rests_until timestamptz, -- until then the vendor takes nothing that they have not asked for
  primary key (workspace_id, sender_id, address),
  foreign key (workspace_id, sender_id) references senders (workspace_id, id) on delete cascade
);
select protect_table('conversations');
comment on table conversations is 'Pace and reply window of each pair of sender and recipient, for vendors that have them.';
