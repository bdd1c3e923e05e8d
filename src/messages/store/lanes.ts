/** Lanes: which workspace, sender and priority has work, and when. Tells whom to look for, cheaply at any size. */
import { plainArray } from '../../db/arrays.ts'
import type { Sql } from '../../db/db.ts'

export interface Lane {
  readonly workspaceId: string
  readonly senderId: string
  readonly priority: number
  readonly touched: number
  /** True while the sender's circuit is half open: one probe at a time. */
  readonly probing: boolean
}

/**
 * Lanes with work due at `now` whose sender can work, most urgent class first. At most
 * `limit` per class and workspace order, so that thousands of workspaces stay one cheap question.
 */
export function dueLanes(sql: Sql, now: Date, limit: number) {
  return sql<Lane[]>`
    select l.workspace_id, l.sender_id, l.priority, l.touched, s.breaker_reason is not null as probing
    from lanes l
    join senders s on s.workspace_id = l.workspace_id and s.id = l.sender_id
    where l.next_due <= ${now} and s.status = 'active'
      and (s.breaker_open_until is null or s.breaker_open_until <= ${now})
    order by l.priority desc, l.next_due
    limit ${limit}
  `
}

/** When the next work falls due in any lane; undefined when none is waiting. */
export async function nextDue(sql: Sql): Promise<Date | undefined> {
  const [row] = await sql<{ nextDue: Date }[]>`
    select next_due from lanes where next_due < 'infinity' order by next_due limit 1
  `
  return row?.nextDue
}

/**
 * Puts a lane to sleep until its next row is due, unless something arrived since it was read.
 * `taken` are the rows that this process has read and not begun: they do not keep the lane
 * awake, but should we die over them, somebody looks again at `until`.
 */
export async function restLane(
  sql: Sql,
  lane: Lane,
  taken: readonly string[],
  until: Date,
): Promise<void> {
  await sql`
    update lanes
    set next_due = least(${taken.length > 0 ? until : null}::timestamptz, coalesce((
      select min(due_at)
      from messages
      where workspace_id = ${lane.workspaceId} and sender_id = ${lane.senderId} and priority = ${lane.priority}
        and status in ('scheduled', 'queued', 'held') and id not in (select unnest(${plainArray(taken)}::uuid[]))
    ), 'infinity'))
    where workspace_id = ${lane.workspaceId} and sender_id = ${lane.senderId} and priority = ${lane.priority}
      and touched = ${lane.touched}
  `
}

/** Makes every lane due that sleeps over rows which a process, dead by now, had read. Answers how many. */
export async function wakeLanes(sql: Sql, now: Date, until: Date): Promise<number> {
  const rows = await sql`
    with sleeping as (
      select workspace_id, sender_id, priority
      from lanes
      where next_due > ${now} and next_due <= ${until}
      order by workspace_id, sender_id, priority
      for update
    )
    update lanes l
    set next_due = ${now}, touched = l.touched + 1
    from sleeping s
    where l.workspace_id = s.workspace_id and l.sender_id = s.sender_id and l.priority = s.priority
  `
  return rows.count
}
