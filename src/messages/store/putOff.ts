/** Due messages that may not go yet. */
import { asText, type Sql } from '../../db/db.ts'

export interface PutOff {
  readonly workspaceId: string
  readonly id: string
  readonly attempt: number
  readonly dueAt: Date
  readonly reason: string
  readonly detail: string
  /** It counts as held; absent: it stays what it is. */
  readonly held?: boolean
  /** Absent: as it was. */
  readonly expiresAt?: Date
}

/** Those that are still due, locked in one order for whoever changes some of them in one way and some in another. */
export async function lockDue(
  sql: Sql,
  rows: readonly Pick<PutOff, 'workspaceId' | 'id' | 'attempt'>[],
  now: Date,
): Promise<ReadonlySet<string>> {
  const due = await sql<{ id: string }[]>`
    select m.id
    from messages m
    join unnest(
      ${rows.map((row) => row.workspaceId)}::uuid[], ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.attempt)}::int[]
    ) as w (workspace_id, id, attempt) on m.workspace_id = w.workspace_id and m.id = w.id
    where lower(m.status) in ('queued', 'scheduled', 'held') and m.due_at <= ${now} and m.attempt = w.attempt
    order by m.id
    for update of m
  `
  return new Set(due.map(({ id }) => id))
}

/** Rows that were read and not begun wait for their turn. Those that changed meanwhile stay as they are. */
export async function putOff(sql: Sql, rows: readonly PutOff[]): Promise<void> {
  if (rows.length === 0) return
  await sql`
    with locked as (
      select workspace_id, id from messages
      where (workspace_id, id) in (
        select * from unnest(${rows.map((row) => row.workspaceId)}::uuid[], ${rows.map((row) => row.id)}::uuid[])
      )
      order by id
      for update
    )
    update messages m
    set due_at = w.due_at, reason = w.reason, detail = w.detail,
      status = coalesce(w.status, m.status), expires_at = coalesce(w.expires_at, m.expires_at)
    from locked l, unnest(
      ${rows.map((row) => row.workspaceId)}::uuid[], ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.attempt)}::int[], ${asText(rows.map((row) => row.dueAt))}::timestamptz[],
      ${rows.map((row) => row.reason)}::text[], ${rows.map((row) => row.detail)}::text[],
      ${rows.map((row) => (row.held ? 'held' : null))}::text[],
      ${asText(rows.map((row) => row.expiresAt ?? null))}::timestamptz[]
    ) as w (workspace_id, id, attempt, due_at, reason, detail, status, expires_at)
    where m.workspace_id = w.workspace_id and m.id = w.id and m.attempt = w.attempt
      and l.workspace_id = w.workspace_id and l.id = w.id
      and lower(m.status) in ('queued', 'scheduled', 'held') and m.due_at < w.due_at
  `
}
