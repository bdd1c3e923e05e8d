/** The log of requests in the database. */
import type { Sql } from '../../db/db.ts'
import type { Entry } from './keep.ts'

export type RequestRow = Omit<Entry, 'workspaceId'>

export interface RequestFilter {
  readonly method: string | null
  /** Least and greatest. */
  readonly status: readonly [number, number] | null
  readonly path: string | null
  readonly source: 'api' | 'dashboard' | null
  readonly actorId: string | null
  readonly idempotencyKey: string | null
  readonly messageId: string | null
  /** Ids from this one on. */
  readonly since: string | null
  /** Ids below this one. */
  readonly before: string | null
  readonly limit: number
}

/** As the engine, of any workspaces. One that is there already stays: a write was repeated. */
export async function insertRequests(sql: Sql, entries: readonly Entry[]): Promise<void> {
  const rows = entries.map((entry) => ({
    ...{ workspace_id: entry.workspaceId, id: entry.id, method: entry.method, ms: entry.ms },
    ...{ route: entry.route, path: entry.path, query: entry.query, status: entry.status },
    ...{ code: entry.code, actor_kind: entry.actorKind, actor_id: entry.actorId, ip: entry.ip },
    ...{ user_agent: entry.userAgent, idempotency_key: entry.idempotencyKey },
    ...{ replayed: entry.replayed, request_bytes: entry.requestBytes },
    ...{ request_body: entry.requestBody, answer: entry.answer },
    ...{ message_ids: entry.messageIds, left_out: entry.leftOut },
  }))
  await sql`
    insert into api_requests (workspace_id, id, method, route, path, query, status, code, ms, actor_kind, actor_id, ip, user_agent,
      idempotency_key, replayed, request_bytes, request_body, answer, message_ids, left_out)
    select workspace_id, id, method, route, path, query, status, code, ms, actor_kind, actor_id, ip, user_agent,
      idempotency_key, replayed, request_bytes, request_body, answer, message_ids, left_out
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as row (
      workspace_id uuid, id uuid, method text, route text, path text, query text, status smallint, code text, ms integer,
      actor_kind text, actor_id text, ip text, user_agent text, idempotency_key text, replayed boolean, request_bytes integer,
      request_body text, answer text, message_ids uuid[], left_out integer
    )
    on conflict do nothing
  `
}

const columns = (sql: Sql) => sql`
  id, method, route, path, query, status, code, ms, actor_kind, actor_id, ip, user_agent, idempotency_key, replayed,
  request_bytes, request_body, answer, message_ids, left_out
`

/** Newest first. */
export function listRequests(sql: Sql, workspaceId: string, filter: RequestFilter) {
  const { method, status, path, source, actorId, idempotencyKey, messageId } = filter
  return sql<RequestRow[]>`
    select ${columns(sql)}
    from api_requests
    where workspace_id = ${workspaceId}
      ${filter.before ? sql`and id < ${filter.before}` : sql``}
      ${filter.since ? sql`and id >= ${filter.since}` : sql``}
      ${method ? sql`and method = ${method}` : sql``}
      ${status ? sql`and status between ${status[0]} and ${status[1]}` : sql``}
      ${path ? sql`and strpos(lower(path), lower(${path})) > 0` : sql``}
      ${source ? sql`and (actor_kind = 'session') = ${source === 'dashboard'}` : sql``}
      ${actorId ? sql`and actor_id = ${actorId}` : sql``}
      ${idempotencyKey ? sql`and idempotency_key = ${idempotencyKey}` : sql``}
      ${messageId ? sql`and message_ids @> array[${messageId}::uuid]` : sql``}
    order by id desc
    limit ${filter.limit}
  `
}

export async function findRequest(
  sql: Sql,
  workspaceId: string,
  id: string,
): Promise<RequestRow | undefined> {
  const [row] = await sql<RequestRow[]>`
    select ${columns(sql)} from api_requests where workspace_id = ${workspaceId} and id = ${id}
  `
  return row
}

/** The id `span` requests before `before`; undefined when there are fewer. */
export async function findRequestBack(
  sql: Sql,
  workspaceId: string,
  { before, span }: { before: string | null; span: number },
): Promise<string | undefined> {
  const [row] = await sql<{ id: string }[]>`
    select id from api_requests
    where workspace_id = ${workspaceId} ${before ? sql`and id < ${before}` : sql``}
    order by id desc
    offset ${span}
    limit 1
  `
  return row?.id
}
