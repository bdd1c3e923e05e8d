/** Messages that runs sent. */
import { asText, type Sql } from '../../db/db.ts'

export interface SendRow {
  readonly workspaceId: string
  readonly messageId: string
  readonly journeyId: string
  readonly runId: string
  readonly step: string
  readonly updateKey: string | null
  readonly updateOrder: number | null
  readonly at: Date
}

export async function insertSends(sql: Sql, rows: readonly SendRow[]): Promise<void> {
  if (rows.length === 0) return
  await sql`
    insert into journey_sends (workspace_id, message_id, journey_id, run_id, step, update_key, update_order, at)
    select *
    from unnest(
      ${rows.map((row) => row.workspaceId)}::uuid[], ${rows.map((row) => row.messageId)}::uuid[],
      ${rows.map((row) => row.journeyId)}::uuid[], ${rows.map((row) => row.runId)}::uuid[],
      ${rows.map((row) => row.step)}::text[], ${rows.map((row) => row.updateKey)}::text[],
      ${rows.map((row) => row.updateOrder)}::float8[],
      ${asText(rows.map((row) => row.at))}::timestamptz[]
    )
  `
}

/** Until the transaction ends, nobody else sends or changes under this key. */
export async function lockUpdateKey(sql: Sql, journeyId: string, key: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${journeyId}/${key}`}, 0))`
}

/** The message that was sent under a key, if since then. */
export async function findByUpdateKey(
  sql: Sql,
  { workspaceId, journeyId }: { workspaceId: string; journeyId: string },
  key: string,
  since: Date,
): Promise<{ messageId: string; updateOrder: number | null } | undefined> {
  const [row] = await sql<{ messageId: string; updateOrder: number | null }[]>`
    select message_id, update_order
    from journey_sends
    where workspace_id = ${workspaceId} and journey_id = ${journeyId} and update_key = ${key} and at > ${since}
  `
  return row
}

/** What the message says is of this order now. */
export async function saveUpdateOrder(
  sql: Sql,
  workspaceId: string,
  messageId: string,
  order: number,
): Promise<void> {
  await sql`
    update journey_sends set update_order = ${order}
    where workspace_id = ${workspaceId} and message_id = ${messageId}
  `
}

/** The key is to lead to another message. */
export async function freeUpdateKey(
  sql: Sql,
  { workspaceId, journeyId }: { workspaceId: string; journeyId: string },
  key: string,
): Promise<void> {
  await sql`
    update journey_sends set update_key = null
    where workspace_id = ${workspaceId} and journey_id = ${journeyId} and update_key = ${key}
  `
}

/** Messages of runs that are in one of the states. */
export async function messagesOf(
  sql: Sql,
  workspaceId: string,
  runIds: readonly string[],
  statuses: readonly string[],
): Promise<string[]> {
  const rows = await sql<{ messageId: string }[]>`
    select s.message_id
    from journey_sends s
    join messages m on m.workspace_id = s.workspace_id and m.id = s.message_id
    where s.workspace_id = ${workspaceId} and s.run_id = any(${[...runIds]}::uuid[])
      and m.status = any(${[...statuses]}::text[])
    order by s.message_id
  `
  return rows.map((row) => row.messageId)
}

/** Those of the messages whose journeys are paused. */
export async function pausedOf(
  sql: Sql,
  workspaceId: string,
  messageIds: readonly string[],
): Promise<string[]> {
  const rows = await sql<{ messageId: string }[]>`
    select s.message_id
    from journey_sends s
    join journeys j on j.workspace_id = s.workspace_id and j.id = s.journey_id and j.status = 'paused'
    where s.workspace_id = ${workspaceId} and s.message_id = any(${[...messageIds]}::uuid[])
  `
  return rows.map((row) => row.messageId)
}

/** Why a message of a run was not sent; null: nothing was noted. Undefined: it is no longer kept. */
export async function whyNotSent(
  sql: Sql,
  workspaceId: string,
  messageId: string,
): Promise<{ reason: string | null; words: string | null } | undefined> {
  const [row] = await sql<{ reason: string | null; words: string | null }[]>`
    select reason, coalesce(detail, reason) as words from messages
    where workspace_id = ${workspaceId} and id = ${messageId}
  `
  return row
}

export interface LastSend {
  readonly step: string
  readonly messageId: string
  readonly status: string
  readonly reason: string | null
}

/** The newest message of each of a run's steps, oldest first; until the transaction ends, nobody changes them. */
export function lockLastSends(sql: Sql, workspaceId: string, runId: string) {
  return sql<LastSend[]>`
    select s.step, s.message_id, m.status, m.reason
    from (
      select distinct on (step) step, message_id
      from journey_sends
      where workspace_id = ${workspaceId} and run_id = ${runId}
      order by step, message_id desc
    ) s
    join messages m on m.workspace_id = ${workspaceId} and m.id = s.message_id
    order by s.message_id
    for update of m
  `
}

/** What somebody has sent again of these messages: the newest copy of each that is not in one of the states. */
export function findCopies(
  sql: Sql,
  workspaceId: string,
  messageIds: readonly string[],
  without: readonly string[],
) {
  return sql<{ of: string; messageId: string; status: string }[]>`
    select distinct on (m.id) m.id as of, c.id as message_id, c.status
    from messages m
    join messages c on c.workspace_id = m.workspace_id and c.resend_of = coalesce(m.resend_of, m.id) and c.id <> m.id
    where m.workspace_id = ${workspaceId} and m.id = any(${[...messageIds]}::uuid[])
      and c.status <> all(${[...without]}::text[])
      and not exists (
        select from journey_sends s where s.workspace_id = c.workspace_id and s.message_id = c.id
      )
    order by m.id, c.id desc
  `
}

/** All messages of a journey that are in one of the states. */
export async function messagesOfJourney(
  sql: Sql,
  workspaceId: string,
  journeyId: string,
  statuses: readonly string[],
): Promise<string[]> {
  const rows = await sql<{ messageId: string }[]>`
    select s.message_id
    from messages m
    join journey_sends s on s.workspace_id = m.workspace_id and s.message_id = m.id and s.journey_id = ${journeyId}
    where m.workspace_id = ${workspaceId} and m.status = any(${[...statuses]}::text[])
    order by s.message_id
  `
  return rows.map((row) => row.messageId)
}
