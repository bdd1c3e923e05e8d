/** Holds back, in the database, what a restore would send a second time. */
import type { Sql } from '../db/db.ts'
import { RESTORED_HELD, RESTORED_UNKNOWN } from '../messages/restored.ts'

/** What was between intent and answer. Answers how many. */
export async function markUnknown(sql: Sql, now: Date): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    with done as (
      update messages
      set status = 'unknown', reason = 'restored', detail = ${RESTORED_UNKNOWN}, lease = null, leased_by = null, settled_at = ${now}
      where status = 'sending'
      returning workspace_id, id, channel, contact_id
    ),
    noted as (
      insert into events (workspace_id, id, name, contact_id, message_id, at, recorded_at, source, properties)
      select workspace_id, gen_random_uuid(), 'message.unknown', contact_id, id, ${now}, ${now}, 'restore',
        jsonb_build_object('reason', 'restored', 'detail', ${RESTORED_UNKNOWN}::text)
      from done
    ),
    counted as (
      insert into counts as c (workspace_id, hour, channel, metric, n)
      select workspace_id, date_trunc('hour', ${now}::timestamptz, 'UTC'), channel, 'unknown', count(*)
      from done
      group by 1, 3
      on conflict (workspace_id, hour, channel, metric) do update set n = c.n + excluded.n
    )
    select count(*)::int as count from done
  `
  return row?.count ?? 0
}

/** What was due, or claimed. What is to be sent later stays as it is. Answers how many. */
export async function holdDue(sql: Sql, now: Date, until: Date): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    with done as (
      update messages
      set status = 'held', reason = 'restored', detail = ${RESTORED_HELD}, due_at = ${until}, lease = null, leased_by = null
      where status in ('scheduled', 'queued', 'held') and (due_at <= ${now} or lease is not null)
      returning workspace_id, id, contact_id
    ),
    noted as (
      insert into events (workspace_id, id, name, contact_id, message_id, at, recorded_at, source, properties)
      select workspace_id, gen_random_uuid(), 'message.held', contact_id, id, ${now}, ${now}, 'restore',
        jsonb_build_object('reason', 'restored', 'detail', ${RESTORED_HELD}::text)
      from done
    )
    select count(*)::int as count from done
  `
  return row?.count ?? 0
}

/** Ids of what was held back, oldest first. */
export async function listHeldBack(
  sql: Sql,
  workspaceId: string,
  { channel, limit }: { channel: string | null; limit: number },
): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id
    from messages
    where workspace_id = ${workspaceId} and status = 'held' and reason = 'restored'
      ${channel ? sql`and channel = ${channel}` : sql``}
    order by id
    limit ${limit}
  `
  return rows.map((row) => row.id)
}
