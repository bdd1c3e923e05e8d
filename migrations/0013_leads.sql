-- Document 002's table, column for column. Whoever reads it sees its own workspace.
create view leads with (security_invoker = true) as
select
  row_number() over (partition by r.workspace_id order by r.started_at, r.id)::integer as id,
  r.event ->> 'item_id' as monday_item_id,
  nullif(r.event ->> 'phone', '') as phone_number,
  coalesce(r.event ->> 'item_name', c.name) as lead_name,
  r.started_at as created_at,
  s.status,
  case when r.step in ('day', 'by_day') then r.due_at end as followup_due_at,
  r.status not in ('active', 'waiting', 'held') as is_done
from journey_runs r
join journeys j on j.workspace_id = r.workspace_id and j.id = r.journey_id and j.name = 'monday-whatsapp'
left join contacts c on c.workspace_id = r.workspace_id and c.id = r.contact_id
left join lateral (
  -- the newest of what monday told, what an answer made of it, and what the run itself wrote
  select told.status
  from (
    select e.at, e.properties ->> 'status' as status
    from events e
    where e.workspace_id = r.workspace_id and e.contact_id = r.contact_id and e.message_id is null
      and e.name = 'item.status_changed' and e.properties ->> 'item_id' = r.event ->> 'item_id'
    union all
    select a.started_at, a.results -> 'status' ->> 'status'
    from journey_runs a
    join journeys k on k.workspace_id = a.workspace_id and k.id = a.journey_id and k.name = 'monday-whatsapp-reply'
    where a.workspace_id = r.workspace_id and a.contact_id = r.contact_id
    union all select r.ended_at, r.results -> 'no_answer' ->> 'status'
    union all select r.started_at, r.results -> 'welcomed' ->> 'status'
    union all select '-infinity', r.event ->> 'status'
  ) told
  where told.status is not null
  order by told.at desc nulls last
  limit 1
) s on true;
select grant_both('select on leads');
comment on view leads is 'Each lead from monday, and how far the follow-up is.';
