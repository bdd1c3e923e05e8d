/** What vendors told us, as it arrived, and how far we are with it. */
import type { Sql } from '../../db/db.ts'

export interface NewCallback {
  readonly workspaceId: string
  readonly id: string
  /** The provider's id. */
  readonly source: string
  readonly senderId: string
  readonly key: string
  readonly headers: Readonly<Record<string, string>>
  readonly method: string
  readonly url: string
  readonly body: Buffer
}

/** False when it is there already. */
export async function insertCallback(sql: Sql, callback: NewCallback, now: Date): Promise<boolean> {
  const rows = await sql`
    insert into callbacks (workspace_id, id, source, sender_id, key, method, headers, url, body, received_at, due_at, status)
    values (${callback.workspaceId}, ${callback.id}, ${callback.source}, ${callback.senderId}, ${callback.key},
      ${callback.method}, ${JSON.stringify(callback.headers)}::text::jsonb, ${callback.url}, ${callback.body},
      ${now}, ${now}, 'received')
    on conflict (workspace_id, source, key) do nothing
    returning id
  `
  return rows.length > 0
}

export interface CallbackRow {
  readonly workspaceId: string
  readonly id: string
  readonly source: string
  readonly senderId: string | null
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly url: string
  readonly body: Buffer
  readonly status: 'received' | 'processed' | 'failed'
  readonly attempts: number
  readonly reason: string | null
  readonly receivedAt: Date
  readonly processedAt: Date | null
}

/** The next that is due, locked until the transaction ends; others look past it. */
export async function claimCallback(sql: Sql, now: Date): Promise<CallbackRow | undefined> {
  const [row] = await sql<CallbackRow[]>`
    select workspace_id, id, source, sender_id, method, headers, url, body, status, attempts, reason, received_at, processed_at
    from callbacks
    where status = 'received' and due_at <= ${now}
    order by due_at
    limit 1
    for update skip locked
  `
  return row
}

export interface CallbackOutcome {
  readonly status: CallbackRow['status']
  readonly reason: string | null
  /** When a `received` one is tried again. */
  readonly dueAt: Date
}

export async function noteCallback(
  sql: Sql,
  { workspaceId, id }: Pick<CallbackRow, 'workspaceId' | 'id'>,
  outcome: CallbackOutcome,
  now: Date,
): Promise<void> {
  await sql`
    update callbacks
    set status = ${outcome.status}, reason = ${outcome.reason}, due_at = ${outcome.dueAt}, attempts = attempts + 1,
      processed_at = ${outcome.status === 'received' ? null : now}
    where workspace_id = ${workspaceId} and id = ${id}
  `
}

/** Makes one due again. False when there is none of that id. */
export async function reopenCallback(
  sql: Sql,
  workspaceId: string,
  id: string,
  now: Date,
): Promise<boolean> {
  const rows = await sql`
    update callbacks
    set status = 'received', due_at = ${now}, attempts = 0, processed_at = null
    where workspace_id = ${workspaceId} and id = ${id}
    returning id
  `
  return rows.length > 0
}

export type CallbackSummary = Omit<CallbackRow, 'body' | 'headers' | 'url' | 'method'>

/** Newest first. */
export async function listCallbacks(
  sql: Sql,
  workspaceId: string,
  filter: { status: string | undefined; before: string | undefined; limit: number },
): Promise<CallbackSummary[]> {
  return await sql<CallbackSummary[]>`
    select workspace_id, id, source, sender_id, status, attempts, reason, received_at, processed_at
    from callbacks
    where workspace_id = ${workspaceId}
      and (${filter.status ?? null}::text is null or status = ${filter.status ?? null})
      and (${filter.before ?? null}::uuid is null or id < ${filter.before ?? null})
    order by id desc
    limit ${filter.limit}
  `
}

export async function findCallback(
  sql: Sql,
  workspaceId: string,
  id: string,
): Promise<CallbackRow | undefined> {
  const [row] = await sql<CallbackRow[]>`
    select workspace_id, id, source, sender_id, method, headers, url, body, status, attempts, reason, received_at, processed_at
    from callbacks
    where workspace_id = ${workspaceId} and id = ${id}
  `
  return row
}

/** Whose sender it is: the URL of a callback names no workspace. */
export async function findSenderWorkspace(sql: Sql, senderId: string): Promise<string | undefined> {
  const [row] = await sql<
    { workspaceId: string }[]
  >`select workspace_id from senders where id = ${senderId}`
  return row?.workspaceId
}
