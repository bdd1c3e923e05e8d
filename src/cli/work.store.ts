/** Whether anything is due or under way. */
import type postgres from 'postgres'
import type { Db } from '../db/db.ts'
import { LEASE_SECONDS } from '../messages/life.ts'

/** Messages, jobs, and what came back from outside. Waiting for a sender that cannot work is not due. */
export async function isWorkDue(db: Db, owner: postgres.Sql): Promise<boolean> {
  const now = db.clock.now()
  const soon = new Date(now.getTime() + LEASE_SECONDS * 1000) // lanes sleep a little over rows that were read
  const [row] = await db.engine<{ due: boolean }[]>`
    select exists (
      select from lanes l
      join senders s on s.workspace_id = l.workspace_id and s.id = l.sender_id
      where l.next_due <= ${now} and s.status = 'active'
        and (s.breaker_open_until is null or s.breaker_open_until <= ${now})
    ) or exists (
      select from messages where status = 'sending'
    ) or exists (
      select from lanes l
      join senders s on s.workspace_id = l.workspace_id and s.id = l.sender_id
      join messages m on m.workspace_id = l.workspace_id and m.sender_id = l.sender_id and m.priority = l.priority
      where l.next_due <= ${soon} and s.status = 'active' and (s.breaker_open_until is null or s.breaker_open_until <= ${now})
        and m.status in ('scheduled', 'queued', 'held') and m.due_at <= ${now}
    ) or exists (
      select from tracking_hits
    ) or exists (
      select from callbacks where status = 'received' and due_at <= ${now}
    ) as due
  `
  const [jobs] = await owner<{ due: boolean }[]>`
    select exists (
      select from pgboss.job where state = 'active' or state < 'active' and start_after <= now()
    ) as due
  `
  return row?.due === true || jobs?.due === true
}
