/** What a person changes about a message: cancel, hold, schedule anew, settle an unknown, send again. */
import type { Sql } from '../../db/db.ts'
import type { Status } from '../schema.ts'
import { touchLanes } from './accept.ts'

export interface Change {
  readonly to: Status
  /** States from which this is possible. */
  readonly from: readonly Status[]
  /** When it is due; null leaves it. */
  readonly dueAt: Date | null
  readonly scheduledAt: Date | null
  /** Null leaves it; given when a message starts anew. */
  readonly expiresAt: Date | null
  readonly resetAttempts: boolean
  readonly reason: string | null
  readonly detail: string | null
}

/** Guarded: undefined when the message is not in one of the states. Whoever held a lease on it is fenced out. */
export async function markChanged(
  sql: Sql,
  workspaceId: string,
  id: string,
  change: Change,
  now: Date,
) {
  const [row] = await sql<
    { id: string; senderId: string; priority: number; dueAt: Date; contactId: string | null }[]
  >`
    update messages
    set status = ${change.to}, due_at = coalesce(${change.dueAt}::timestamptz, due_at),
      scheduled_at = coalesce(${change.scheduledAt}::timestamptz, scheduled_at),
      expires_at = coalesce(${change.expiresAt}::timestamptz, expires_at),
      attempt = case when ${change.resetAttempts} then 0 else attempt end,
      reason = ${change.reason}, detail = ${change.detail}, lease = null, leased_by = null,
      sent_at = case when ${change.to} = 'sent' then ${now} else sent_at end,
      settled_at = case when ${change.to} in ('queued', 'scheduled', 'held') then null else ${now}::timestamptz end
    where workspace_id = ${workspaceId} and id = ${id} and status = any(${[...change.from]})
      and (${change.to} not in ('queued', 'scheduled', 'held') or reason is distinct from 'erased')
    returning id, sender_id, priority, due_at, contact_id
  `
  if (row && ['queued', 'scheduled', 'held'].includes(change.to))
    await touchLanes(sql, [{ workspaceId, ...row }])
  return row
}

/** Until the transaction ends, nobody else changes it. */
export async function lockMessage(sql: Sql, workspaceId: string, id: string): Promise<void> {
  await sql`select from messages where workspace_id = ${workspaceId} and id = ${id} for update`
}

export interface RedriveFilter {
  readonly status: 'failed' | 'unknown' | 'expired'
  readonly ids: readonly string[] | null
  readonly channel: string | null
  readonly topic: string | null
  readonly reason: string | null
  readonly from: Date | null
  readonly to: Date | null
  readonly limit: number
}

/** Ids of dead letters that a filter names, oldest first. */
export async function findDeadLetters(
  sql: Sql,
  workspaceId: string,
  filter: RedriveFilter,
): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id
    from messages
    where workspace_id = ${workspaceId} and status = ${filter.status}
      ${filter.ids ? sql`and id = any(${[...filter.ids]}::uuid[])` : sql``}
      ${filter.channel ? sql`and channel = ${filter.channel}` : sql``}
      ${filter.topic ? sql`and topic = ${filter.topic}` : sql``}
      ${filter.reason ? sql`and reason = ${filter.reason}` : sql``}
      ${filter.from ? sql`and created_at >= ${filter.from}` : sql``}
      ${filter.to ? sql`and created_at < ${filter.to}` : sql``}
    order by id
    limit ${filter.limit}
  `
  return rows.map((row) => row.id)
}

/** Puts dead letters back into the queue under their own ids. Answers those that were still dead. */
export async function requeue(
  sql: Sql,
  workspaceId: string,
  ids: readonly string[],
  status: string,
  times: { now: Date; expiresAt: Date },
) {
  const rows = await sql<
    { id: string; senderId: string; priority: number; dueAt: Date; contactId: string | null }[]
  >`
    update messages
    set status = 'queued', due_at = ${times.now}, attempt = 0, reason = null, detail = null, settled_at = null,
      lease = null, leased_by = null, expires_at = greatest(expires_at, ${times.expiresAt})
    where workspace_id = ${workspaceId} and id = any(${[...ids]}::uuid[]) and status = ${status} and reason is distinct from 'erased'
    returning id, sender_id, priority, due_at, contact_id
  `
  if (rows.length > 0)
    await touchLanes(
      sql,
      rows.map((row) => ({ workspaceId, ...row })),
    )
  return rows
}
