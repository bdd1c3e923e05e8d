/** Opens and clicks as they arrived, waiting to be understood. */
import type { Sql } from '../../db/db.ts'

/** A hit as it is taken in. The workspace goes by its public number: finding it must not need the database. */
export interface NewHit {
  /** Also the id of its event. The same id again is the same hit. */
  readonly id: string
  readonly workspaceNumber: number
  readonly messageId: string
  readonly kind: 'open' | 'click'
  readonly linkIndex: number
  readonly atMs: number
  readonly ip: string | null
  readonly userAgent: string | null
  readonly method: string
  readonly purpose: string | null
}

/** One statement. Hits of workspaces that are gone, and hits that are there already, are left out. */
export async function insertHits(sql: Sql, hits: readonly NewHit[]): Promise<void> {
  await sql`
    insert into tracking_hits
      (workspace_id, id, kind, message_id, link_index, at, ip, user_agent, method, purpose)
    select w.id, h.id, h.kind, h.message_id, h.link_index, to_timestamp(h.at_ms / 1000.0), h.ip,
      h.user_agent, h.method, h.purpose
    from unnest(
      ${hits.map((hit) => hit.id)}::uuid[], ${hits.map((hit) => hit.workspaceNumber)}::bigint[],
      ${hits.map((hit) => hit.messageId)}::uuid[], ${hits.map((hit) => hit.kind)}::text[],
      ${hits.map((hit) => hit.linkIndex)}::int[], ${hits.map((hit) => hit.atMs)}::float8[],
      ${hits.map((hit) => hit.ip)}::text[], ${hits.map((hit) => hit.userAgent)}::text[],
      ${hits.map((hit) => hit.method)}::text[], ${hits.map((hit) => hit.purpose)}::text[]
    ) as h (id, workspace_number, message_id, kind, link_index, at_ms, ip, user_agent, method, purpose)
    join workspaces w on w.number = h.workspace_number
    on conflict do nothing
  `
}

/** What a vendor, or the sandbox, told us of an open or click. */
export interface ToldHit {
  readonly workspaceId: string
  readonly id: string
  readonly messageId: string
  readonly kind: 'open' | 'click'
  readonly at: Date
  readonly purpose: string | null
  readonly source: 'provider' | 'sandbox'
}

export async function insertToldHits(sql: Sql, hits: readonly ToldHit[]): Promise<void> {
  if (hits.length === 0) return
  await sql`
    insert into tracking_hits
      (workspace_id, id, kind, message_id, link_index, at, method, purpose, source)
    select workspace_id, id, kind, message_id, 0, at, 'GET', purpose, source
    from unnest(
      ${hits.map((hit) => hit.workspaceId)}::uuid[], ${hits.map((hit) => hit.id)}::uuid[],
      ${hits.map((hit) => hit.kind)}::text[], ${hits.map((hit) => hit.messageId)}::uuid[],
      ${hits.map((hit) => hit.at.toISOString())}::timestamptz[],
      ${hits.map((hit) => hit.purpose)}::text[], ${hits.map((hit) => hit.source)}::text[]
    ) as h (workspace_id, id, kind, message_id, at, purpose, source)
    on conflict do nothing
  `
}

/** Workspaces with hits. Jumps through the primary key instead of reading every hit. */
export async function workspacesWithHits(sql: Sql): Promise<string[]> {
  const rows = await sql<{ workspaceId: string }[]>`
    with recursive w as (
      (select workspace_id from tracking_hits order by workspace_id limit 1)
      union all
      select (
        select h.workspace_id from tracking_hits h
        where h.workspace_id > w.workspace_id
        order by h.workspace_id
        limit 1
      )
      from w
      where w.workspace_id is not null
    )
    select workspace_id from w where workspace_id is not null
  `
  return rows.map((row) => row.workspaceId)
}

export interface TakenHit {
  readonly id: string
  readonly kind: 'open' | 'click'
  readonly messageId: string
  readonly linkIndex: number
  readonly at: Date
  readonly ip: string | null
  readonly userAgent: string | null
  readonly method: string
  readonly purpose: string | null
  readonly source: 'web' | 'provider' | 'sandbox'
}

/** True when this transaction alone projects the workspace's hits. */
export async function tryWorkspaceLock(sql: Sql, workspaceId: string): Promise<boolean> {
  const [row] = await sql<{ locked: boolean }[]>`
    select pg_try_advisory_xact_lock(hashtextextended(${`tracking ${workspaceId}`}, 0)) as locked
  `
  return row?.locked ?? false
}

/** Removes the oldest hits and answers them: they are back when the transaction fails. */
export async function takeHits(sql: Sql, workspaceId: string, limit: number): Promise<TakenHit[]> {
  return await sql<TakenHit[]>`
    delete from tracking_hits
    where workspace_id = ${workspaceId} and id in (
      select id from tracking_hits
      where workspace_id = ${workspaceId}
      order by id
      limit ${limit}
    )
    returning id, kind, message_id, link_index, at, ip, user_agent, method, purpose, source
  `
}
