/**
 * Opens and clicks as they arrived, waiting to be understood.
 *
 * The hits of one group commit are one row per workspace: a row, an index entry and a
 * conversion for each would cost the database three times as much, and nobody asks for a
 * single hit before it is understood. That the same hit may come twice (a commit whose
 * answer was lost, a receipt told twice) is settled there, by its id.
 */
import type { Sql } from '../../db/db.ts'
import { uuid7 } from '../../lib/uuid7.ts'

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

export type HitSource = 'web' | 'provider' | 'sandbox'

/** One statement. Hits of workspaces that are gone are left out. */
export async function insertHits(sql: Sql, hits: readonly NewHit[]): Promise<void> {
  const groups = [...Map.groupBy(hits, (hit) => hit.workspaceNumber)]
  const [first] = groups
  if (first && groups.length === 1) return insertGroup(sql, ...first)
  await sql`
    insert into tracking_hits (workspace_id, id, n, hits)
    select w.id, g.id, g.n, g.hits
    from unnest(
      ${groups.map(([number]) => number)}::bigint[], ${groups.map(() => uuid7())}::uuid[],
      ${groups.map(([, own]) => own.length)}::int[], ${groups.map(([, own]) => write(own, 'web'))}::text[]
    ) as g (workspace_number, id, n, hits)
    join workspaces w on w.number = g.workspace_number
  `
}

/** The usual case, at half the price: no text has to be quoted into an array and back. */
async function insertGroup(sql: Sql, workspaceNumber: number, hits: readonly NewHit[]) {
  await sql`
    insert into tracking_hits (workspace_id, id, n, hits)
    select id, ${uuid7()}::uuid, ${hits.length}::int, ${write(hits, 'web')}::text
    from workspaces
    where number = ${workspaceNumber}
  `
}

/** What a vendor, or the sandbox, told us of an open or click. */
export interface ToldHit {
  readonly id: string
  readonly messageId: string
  readonly kind: 'open' | 'click'
  readonly at: Date
  readonly purpose: string | null
}

export async function insertToldHits(
  sql: Sql,
  workspaceId: string,
  source: HitSource,
  told: readonly ToldHit[],
): Promise<void> {
  if (told.length === 0) return
  const unseen = { linkIndex: 0, ip: null, userAgent: null, method: 'GET' }
  const hits = told.map((hit) => ({ ...unseen, ...hit, atMs: +hit.at }))
  await sql`
    insert into tracking_hits (workspace_id, id, n, hits)
    values (${workspaceId}, ${uuid7()}, ${hits.length}, ${write(hits, source)})
  `
}

type Row = readonly [
  id: string,
  messageId: string,
  kind: 'open' | 'click',
  linkIndex: number,
  atMs: number,
  ip: string | null,
  userAgent: string | null,
  method: string,
  purpose: string | null,
  source: HitSource,
]

function write(hits: readonly Omit<NewHit, 'workspaceNumber'>[], source: HitSource): string {
  return JSON.stringify(
    hits.map((hit): Row => {
      const { id, messageId, kind, linkIndex, atMs, ip, userAgent, method, purpose } = hit
      return [id, messageId, kind, linkIndex, atMs, ip, userAgent, method, purpose, source]
    }),
  )
}

function read(text: string): TakenHit[] {
  const rows: Row[] = JSON.parse(text) // as `write` made it
  return rows.map(
    ([id, messageId, kind, linkIndex, atMs, ip, userAgent, method, purpose, source]) => {
      return {
        id,
        messageId,
        kind,
        linkIndex,
        at: new Date(atMs),
        ip,
        userAgent,
        method,
        purpose,
        source,
      }
    },
  )
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
  readonly source: HitSource
}

/** True when this transaction alone projects the workspace's hits. */
export async function tryWorkspaceLock(sql: Sql, workspaceId: string): Promise<boolean> {
  const [row] = await sql<{ locked: boolean }[]>`
    select pg_try_advisory_xact_lock(hashtextextended(${`tracking ${workspaceId}`}, 0)) as locked
  `
  return row?.locked ?? false
}

/**
 * Removes the oldest hits, about `limit`, and answers how many there were and each of them
 * once. They are back when the transaction fails.
 */
export async function takeHits(
  sql: Sql,
  workspaceId: string,
  limit: number,
): Promise<{ taken: number; hits: TakenHit[] }> {
  const rows = await sql<{ hits: string }[]>`
    delete from tracking_hits
    where workspace_id = ${workspaceId} and id in (
      select id
      from (
        select id, sum(n) over (order by id) - n as before
        from (
          select id, n from tracking_hits where workspace_id = ${workspaceId} order by id limit ${limit}
        ) oldest
      ) counted
      where before < ${limit}
    )
    returning hits
  `
  const all = rows.flatMap((row) => read(row.hits))
  return { taken: all.length, hits: [...new Map(all.map((hit) => [hit.id, hit])).values()] }
}
