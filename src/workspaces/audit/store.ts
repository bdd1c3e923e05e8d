/** The audit chain in the database. Entries are only ever added. */
import type { Sql } from '../../db/db.ts'
import type { Link } from './audit.ts'

export interface AuditRow extends Link {
  readonly hash: string
}

/** The last link, locked until the transaction ends. A new chain begins at 0 with an empty hash. */
export async function lockHead(
  sql: Sql,
  workspaceId: string,
): Promise<{ seq: number; hash: string }> {
  const [head] = await sql<{ seq: number; hash: string }[]>`
    insert into audit_heads (workspace_id, seq, hash)
    values (${workspaceId}, 0, '')
    on conflict (workspace_id) do update set seq = audit_heads.seq
    returning seq, hash
  `
  return head!
}

export async function findHead(sql: Sql, workspaceId: string) {
  const [head] = await sql<{ seq: number; hash: string }[]>`
    select seq, hash from audit_heads where workspace_id = ${workspaceId}
  `
  return head
}

/** Heads of all workspaces, after one of them. */
export function listHeads(sql: Sql, { after, limit }: { after: string; limit: number }) {
  return sql<{ workspaceId: string; seq: number; hash: string }[]>`
    select workspace_id, seq, hash
    from audit_heads
    where workspace_id > ${after} and seq > 0
    order by workspace_id
    limit ${limit}
  `
}

export async function moveHead(
  sql: Sql,
  workspaceId: string,
  seq: number,
  hash: string,
): Promise<void> {
  await sql`update audit_heads set seq = ${seq}, hash = ${hash} where workspace_id = ${workspaceId}`
}

export async function appendEntry(sql: Sql, workspaceId: string, row: AuditRow): Promise<void> {
  await sql`
    insert into audit_entries
      (workspace_id, seq, at, actor_kind, actor_id, action, target, details, ip, request_id, hash)
    values (
      ${workspaceId}, ${row.seq}, ${row.at}, ${row.actorKind}, ${row.actorId}, ${row.action},
      ${row.target}, ${sql.json(row.details)}, ${row.ip}, ${row.requestId}, ${row.hash}
    )
  `
}

export interface EntryFilter {
  /** Its kind, or its id. */
  readonly actor?: string | undefined
  /** Its name, or a beginning: `template.*`. */
  readonly action?: string | undefined
  readonly target?: string | undefined
  readonly requestId?: string | undefined
  readonly from?: Date | undefined
  readonly to?: Date | undefined
}

/** Newest first, from `since` on and older than `before`. */
export async function listEntries(
  sql: Sql,
  workspaceId: string,
  {
    since,
    before,
    limit,
    actor,
    action,
    target,
    requestId,
    from,
    to,
  }: EntryFilter & { since: number; before: number; limit: number },
): Promise<AuditRow[]> {
  const isBeginning = action?.endsWith('*')
  return await sql<AuditRow[]>`
    select seq, at, actor_kind, actor_id, action, target, details, ip, request_id, hash
    from audit_entries
    where workspace_id = ${workspaceId} and seq >= ${since} and seq < ${before}
      ${actor ? sql`and (actor_kind = ${actor} or actor_id = ${actor})` : sql``}
      ${action ? (isBeginning ? sql`and starts_with(action, ${action.slice(0, -1)})` : sql`and action = ${action}`) : sql``}
      ${target ? sql`and target = ${target}` : sql``}
      ${requestId ? sql`and request_id = ${requestId}` : sql``}
      ${from ? sql`and at >= ${from}` : sql``}
      ${to ? sql`and at < ${to}` : sql``}
    order by seq desc
    limit ${limit}
  `
}

/** Oldest first, newer than `after`: the order in which the chain is checked. */
export async function listLinks(
  sql: Sql,
  workspaceId: string,
  { after, limit }: { after: number; limit: number },
): Promise<AuditRow[]> {
  return await sql<AuditRow[]>`
    select seq, at, actor_kind, actor_id, action, target, details, ip, request_id, hash
    from audit_entries
    where workspace_id = ${workspaceId} and seq > ${after}
    order by seq
    limit ${limit}
  `
}
