-- What was looked up about the address of an open or click, so that judging it again later says the same.

alter table engagements add column asn bigint, add column host_name text;
comment on column engagements.asn is 'The autonomous system that the address was in; null: not looked up, or nobody''s.';
comment on column engagements.host_name is 'What the address was called (reverse DNS).';
