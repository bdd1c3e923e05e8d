/** Connections in the database. Settings stay sealed here; directory.ts opens them. */
import type { Sql } from '../../db/db.ts'
import { SUBSCRIBE } from './tasks.ts'

export interface ConnectionRow {
  readonly workspaceId: string
  readonly id: string
  /** The connector's id. */
  readonly connector: string
  readonly name: string
  readonly settings: string
  readonly origin: 'environment' | 'member'
  readonly status: 'active' | 'paused' | 'disabled'
  readonly statusReason: string | null
  readonly since: Date
  readonly subscriptionId: string | null
  readonly subscriptionKey: string | null
  readonly callbackAt: Date | null
  readonly callbacksReceived: number
  readonly callbacksRejected: number
  /** Events that a pull found and no webhook told, since the last webhook. */
  readonly missed: number
  readonly missedSince: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

const columns = (sql: Sql) => sql`
  workspace_id, id, connector, name, settings, origin, status, status_reason, since, subscription_id,
  subscription_key, callback_at, callbacks_received, callbacks_rejected, missed, missed_since, created_at, updated_at
`

/** Those of the environment first, then the oldest. */
export async function listConnections(sql: Sql, workspaceId: string): Promise<ConnectionRow[]> {
  return await sql<ConnectionRow[]>`
    select ${columns(sql)} from connections
    where workspace_id = ${workspaceId}
    order by origin, created_at, id
  `
}

export async function findConnection(
  sql: Sql,
  workspaceId: string,
  id: string,
): Promise<ConnectionRow | undefined> {
  const [row] = await sql<ConnectionRow[]>`
    select ${columns(sql)} from connections where workspace_id = ${workspaceId} and id = ${id}
  `
  return row
}

/**
 * Writers of one connection wait for each other. Its tasks come first, the subscription's last, because
 * a run holds its task before it refers to its connection: in the other order each waited for the other.
 */
export async function lockConnection(
  sql: Sql,
  workspaceId: string,
  id: string,
): Promise<ConnectionRow | undefined> {
  await sql`
    select from connection_tasks
    where workspace_id = ${workspaceId} and connection_id = ${id}
    order by task = ${SUBSCRIBE}, task
    for update
  `
  const [row] = await sql<ConnectionRow[]>`
    select ${columns(sql)} from connections where workspace_id = ${workspaceId} and id = ${id} for update
  `
  return row
}

/** Whose it is: the URL of a webhook names no workspace. On the engine role. */
export async function findConnectionById(sql: Sql, id: string): Promise<ConnectionRow | undefined> {
  const [row] = await sql<ConnectionRow[]>`
    select ${columns(sql)} from connections where id = ${id}
  `
  return row
}

export type NewConnectionRow = Pick<
  ConnectionRow,
  'workspaceId' | 'id' | 'connector' | 'name' | 'settings' | 'origin' | 'createdAt'
>

/** Left as it is when it is there already. */
export async function insertConnection(sql: Sql, row: NewConnectionRow): Promise<void> {
  await sql`
    insert into connections (workspace_id, id, connector, name, settings, origin, since, created_at, updated_at)
    values (${row.workspaceId}, ${row.id}, ${row.connector}, ${row.name}, ${row.settings}, ${row.origin},
      ${row.createdAt}, ${row.createdAt}, ${row.createdAt})
    on conflict (workspace_id, id) do nothing
  `
}

export interface ConnectionPatch {
  readonly name?: string | undefined
  readonly settings?: string | undefined
  readonly status?: ConnectionRow['status'] | undefined
  readonly statusReason?: string | null
  /** Begin anew: what happened before is history. */
  readonly since?: Date | undefined
}

export async function updateConnection(
  sql: Sql,
  workspaceId: string,
  id: string,
  patch: ConnectionPatch,
  now: Date,
): Promise<void> {
  await sql`
    update connections
    set name = coalesce(${patch.name ?? null}, name),
      settings = coalesce(${patch.settings ?? null}, settings),
      status = coalesce(${patch.status ?? null}, status),
      status_reason = case when ${patch.status !== undefined} then ${patch.statusReason ?? null} else status_reason end,
      since = coalesce(${patch.since ?? null}::timestamptz, since),
      updated_at = ${now}
    where workspace_id = ${workspaceId} and id = ${id}
  `
}

/** Pauses an active one; somebody who was quicker is left alone. */
export async function pauseForFault(
  sql: Sql,
  workspaceId: string,
  id: string,
  reason: string,
  now: Date,
): Promise<void> {
  await sql`
    update connections set status = 'paused', status_reason = ${reason}, updated_at = ${now}
    where workspace_id = ${workspaceId} and id = ${id} and status = 'active'
  `
}

export async function deleteConnection(sql: Sql, workspaceId: string, id: string): Promise<void> {
  await sql`delete from connections where workspace_id = ${workspaceId} and id = ${id}`
}

/** `key` null keeps the one we have, as long as it is the same subscription. */
export async function saveSubscription(
  sql: Sql,
  workspaceId: string,
  id: string,
  subscription: { id: string; key: string | null },
): Promise<void> {
  await sql`
    update connections
    set subscription_key = case
        when ${subscription.key}::text is not null then ${subscription.key}
        when subscription_id = ${subscription.id} then subscription_key
      end,
      subscription_id = ${subscription.id}
    where workspace_id = ${workspaceId} and id = ${id}
  `
}

export async function noteCallbackTaken(
  sql: Sql,
  workspaceId: string,
  id: string,
  now: Date,
): Promise<void> {
  await sql`
    update connections
    set callback_at = ${now}, callbacks_received = callbacks_received + 1, missed = 0, missed_since = null
    where workspace_id = ${workspaceId} and id = ${id}
  `
}

export async function noteCallbackRefused(
  sql: Sql,
  workspaceId: string,
  id: string,
): Promise<void> {
  await sql`
    update connections set callbacks_rejected = callbacks_rejected + 1
    where workspace_id = ${workspaceId} and id = ${id}
  `
}

/** A pull found what a webhook should have told: only where webhooks are expected. */
export async function noteMissed(
  sql: Sql,
  workspaceId: string,
  id: string,
  events: number,
  now: Date,
): Promise<Pick<ConnectionRow, 'missed' | 'missedSince'> | undefined> {
  const [row] = await sql<Pick<ConnectionRow, 'missed' | 'missedSince'>[]>`
    update connections
    set missed = missed + ${events}, missed_since = coalesce(missed_since, ${now}::timestamptz)
    where workspace_id = ${workspaceId} and id = ${id}
      and (subscription_id is not null or callback_at is not null)
    returning missed, missed_since
  `
  return row
}
