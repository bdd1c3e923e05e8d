/** Messages that are held, released and ended together, because what sent them is. */
import type { Sql } from '../../db/db.ts'
import type { Status } from '../schema.ts'
import { touchLanes } from './accept.ts'

export interface Changed {
  readonly id: string
  readonly channel: string
  readonly contactId: string | null
  /** What it was. */
  readonly before: Status
}

/** Of messages that have no end of their own, by kind. */
export interface Expiry {
  readonly marketing: Date
  readonly other: Date
}

/** Those of them that have not gone, locked in one order; whoever intends to send one waits, and finds it changed. */
const locked = (sql: Sql, workspaceId: string, ids: readonly string[], statuses: Status[]) => sql`
  select workspace_id, id, status from messages
  where workspace_id = ${workspaceId} and id = any(${[...ids]}::uuid[]) and lower(status) = any(${statuses}::text[])
  order by id
  for update
`

/** One that is held for a reason in `keep` stays as it is. */
export function markHeld(
  sql: Sql,
  workspaceId: string,
  ids: readonly string[],
  hold: {
    readonly until: Date
    readonly reason: string
    readonly detail: string
    readonly keep: readonly string[]
    readonly expiry: Expiry
    /** The flag of messages whose end was given. */
    readonly given: number
  },
) {
  const { until, reason, detail, keep, expiry, given } = hold
  return sql<Changed[]>`
    with locked as (${locked(sql, workspaceId, ids, ['scheduled', 'queued', 'held'])})
    update messages m
    set status = 'held', due_at = ${until}, reason = ${reason}, detail = ${detail}, lease = null, leased_by = null,
      expires_at = case when m.flags & ${given}::int <> 0 then m.expires_at
        else greatest(m.expires_at, case m.kind when 'marketing' then ${expiry.marketing}::timestamptz else ${expiry.other}::timestamptz end) end
    from locked l
    where m.workspace_id = l.workspace_id and m.id = l.id and not (l.status = 'held' and m.reason = any(${[...keep]}::text[]))
    returning m.id, m.channel, m.contact_id, l.status as before
  `
}

/** Those that are held for this reason go when they were to go: now, or as they are scheduled. */
export async function markReleased(
  sql: Sql,
  workspaceId: string,
  ids: readonly string[],
  release: {
    readonly reason: string
    readonly now: Date
    readonly expiry: Expiry
    readonly given: number
  },
) {
  const { reason, now, expiry, given } = release
  const rows = await sql<(Changed & { senderId: string; priority: number; dueAt: Date })[]>`
    with locked as (${locked(sql, workspaceId, ids, ['held'])})
    update messages m
    set status = case when m.scheduled_at > ${now} then 'scheduled' else 'queued' end,
      due_at = greatest(${now}::timestamptz, m.scheduled_at), reason = null, detail = null,
      expires_at = case when m.flags & ${given}::int <> 0 then m.expires_at
        else greatest(m.scheduled_at - ${now}::timestamptz, '0'::interval)
          + case m.kind when 'marketing' then ${expiry.marketing}::timestamptz else ${expiry.other}::timestamptz end end
    from locked l
    where m.workspace_id = l.workspace_id and m.id = l.id and m.reason = ${reason}
    returning m.id, m.channel, m.contact_id, l.status as before, m.sender_id, m.priority, m.due_at
  `
  const due = rows.map((row) => ({ ...row, workspaceId }))
  if (due.length > 0) await touchLanes(sql, due)
  return rows
}

/** Those that failed or expired, so that nobody looks for them among the dead letters. */
export function markReplaced(
  sql: Sql,
  workspaceId: string,
  ids: readonly string[],
  { reason, detail }: { reason: string; detail: string },
) {
  return sql<Changed[]>`
    with locked as (${locked(sql, workspaceId, ids, ['failed', 'expired'])})
    update messages m
    set status = 'cancelled', reason = ${reason}, detail = ${detail}
    from locked l
    where m.workspace_id = l.workspace_id and m.id = l.id
    returning m.id, m.channel, m.contact_id, l.status as before
  `
}

export function markEnded(
  sql: Sql,
  workspaceId: string,
  ids: readonly string[],
  { reason, detail, now }: { reason: string; detail: string; now: Date },
) {
  return sql<Changed[]>`
    with locked as (${locked(sql, workspaceId, ids, ['scheduled', 'queued', 'held'])})
    update messages m
    set status = 'cancelled', reason = ${reason}, detail = ${detail}, lease = null, leased_by = null, settled_at = ${now}
    from locked l
    where m.workspace_id = l.workspace_id and m.id = l.id
    returning m.id, m.channel, m.contact_id, l.status as before
  `
}
