/** The intent: the first write of an attempt, committed before the first byte leaves. */
import type { Sql } from '../../db/db.ts'
import type { Facts } from '../gate.ts'

/** A row as it was read and rendered. */
export interface Wanted {
  readonly workspaceId: string
  readonly id: string
  readonly senderId: string
  readonly attempt: number
  readonly kind: string | null
  readonly addressHash: string | null
}

export interface Lease {
  /** The fencing token of this attempt. */
  readonly id: string
  readonly processId: string
  readonly now: Date
  readonly until: Date
}

export interface Intent extends Facts {
  readonly workspaceId: string
  readonly id: string
  /** The row is `sending` now and committed as such; if not, it is ours to end as the facts say. */
  readonly gone: boolean
}

interface Row extends Intent {
  /** How many rows were found to be as we read them. */
  readonly found: number
}

const TRIES = 5

/**
 * Takes rows under our lease: those that may go become `sending`, and of all we learn the facts.
 * Absent are those that are no longer as we read them: cancelled, put off, taken by another process.
 * Suppression and consent are read in the same statement, so an unsubscribe that was committed
 * before is always seen.
 *
 * A row that somebody else changed while we waited for its lock is found as it is then, but cannot
 * be updated by a statement that began before: it is asked for again.
 */
export async function intend(
  sql: Sql,
  wanted: readonly Wanted[],
  lease: Lease,
): Promise<readonly Intent[]> {
  const intents: Intent[] = []
  let left = wanted
  for (let tries = 0; left.length > 0 && tries < TRIES; tries++) {
    const rows = await intendOnce(sql, left, lease)
    intents.push(...rows)
    const found = rows[0]?.found ?? (await countFound(sql, left, lease))
    if (found === rows.length) break
    const done = new Set(rows.map((row) => row.id))
    left = left.filter((row) => !done.has(row.id))
  }
  return intents
}

/**
 * Locked by key and updated by place (ctid): joined by key, a plan made while the table was small
 * walks the whole of it, 20 s for 500 rows of 300,000. The status is not asked for where the row is
 * looked up, for then the planner prefers a partial index to the key.
 */
function intendOnce(sql: Sql, wanted: readonly Wanted[], { id, processId, now, until }: Lease) {
  return sql<Row[]>`
    with facts as materialized (
      select m.workspace_id, m.id, m.ctid as place, m.kind,
        m.expires_at <= ${now} as expired,
        exists (
          select from suppressions s
          where s.workspace_id = w.workspace_id and s.kind = w.address_kind and s.address_hash = w.address_hash
            and (s.expires_at is null or s.expires_at > ${now})
        ) as suppressed,
        m.kind = 'marketing' and exists (
          select from consent_states c
          where c.workspace_id = w.workspace_id and c.contact_id = m.contact_id and not c.granted
            and c.topic in ('*', m.topic) and c.channel in ('*', m.channel)
        ) as unsubscribed
      from unnest(
        ${wanted.map((row) => row.workspaceId)}::uuid[], ${wanted.map((row) => row.id)}::uuid[],
        ${wanted.map((row) => row.senderId)}::uuid[], ${wanted.map((row) => row.attempt)}::int[],
        ${wanted.map((row) => row.kind)}::text[], ${wanted.map((row) => row.addressHash)}::text[]
      ) as w (workspace_id, id, sender_id, attempt, address_kind, address_hash)
      cross join lateral (
        select m.ctid, m.workspace_id, m.id, m.sender_id, m.attempt, m.status, m.due_at, m.kind, m.expires_at, m.contact_id, m.topic, m.channel
        from messages m
        where m.workspace_id = w.workspace_id and m.id = w.id
        limit 1
        for update
      ) m
      where m.status in ('queued', 'scheduled', 'held') and m.due_at <= ${now}
        and m.sender_id = w.sender_id and m.attempt = w.attempt
    )
    update messages m
    set status = case when f.expired or f.suppressed or f.unsubscribed then m.status else 'sending' end,
      attempt = m.attempt + case when f.expired or f.suppressed or f.unsubscribed then 0 else 1 end,
      lease = ${id}, leased_by = ${processId}, due_at = ${until}
    from facts f
    where m.ctid = f.place
    returning f.workspace_id, f.id, f.kind, f.expired, f.suppressed, f.unsubscribed,
      not (f.expired or f.suppressed or f.unsubscribed) as gone, (select count(*)::int from facts) as found
  `
}

/** Asked when nothing was updated: were there rows that another's change kept from it? */
async function countFound(sql: Sql, wanted: readonly Wanted[], { now }: Lease): Promise<number> {
  const rows = await sql`
    select m.id
    from unnest(
      ${wanted.map((row) => row.workspaceId)}::uuid[], ${wanted.map((row) => row.id)}::uuid[],
      ${wanted.map((row) => row.senderId)}::uuid[], ${wanted.map((row) => row.attempt)}::int[]
    ) as w (workspace_id, id, sender_id, attempt)
    cross join lateral (
      select * from messages m where m.workspace_id = w.workspace_id and m.id = w.id limit 1
    ) m
    where m.status in ('queued', 'scheduled', 'held') and m.due_at <= ${now}
      and m.sender_id = w.sender_id and m.attempt = w.attempt
  `
  return rows.count
}
