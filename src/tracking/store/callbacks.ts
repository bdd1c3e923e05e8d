/** What vendors told us, as it arrived, and how far we are with it. */
import type { Sql } from '../../db/db.ts'

export interface NewCallback {
  readonly workspaceId: string
  readonly id: string
  /** The provider's or connector's id. */
  readonly source: string
  readonly senderId: string | null
  /** Whose connector reads it, where it is no sender's. */
  readonly connectionId?: string
  /** False: nothing to check it with. */
  readonly signed?: boolean
  readonly key: string
  readonly headers: Readonly<Record<string, string>>
  readonly method: string
  readonly url: string
  readonly body: Buffer
}

/** False when it is there already. */
export async function insertCallback(sql: Sql, callback: NewCallback, now: Date): Promise<boolean> {
  const rows = await sql`
    insert into callbacks (workspace_id, id, source, sender_id, connection_id, signed, key, method, headers, url, body, received_at, due_at, status)
    values (${callback.workspaceId}, ${callback.id}, ${callback.source}, ${callback.senderId},
      ${callback.connectionId ?? null}, ${callback.signed ?? true}, ${callback.key},
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
  readonly connectionId: string | null
  readonly signed: boolean
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly url: string
  readonly body: Buffer
  readonly status: 'received' | 'processed' | 'failed'
  readonly attempts: number
  readonly reason: string | null
  readonly receivedAt: Date
  readonly processedAt: Date | null
  readonly dueAt: Date
}

/** The next that is due, locked until the transaction ends; others look past it. */
export async function claimCallback(sql: Sql, now: Date): Promise<CallbackRow | undefined> {
  const [row] = await sql<CallbackRow[]>`
    select workspace_id, id, source, sender_id, connection_id, signed, method, headers, url, body, status, attempts, reason,
      received_at, processed_at, due_at
    from callbacks
    where status = 'received' and due_at <= ${now}
    order by due_at
    limit 1
    for update skip locked
  `
  return row
}

/** Takes one for a while, so that it can be read outside of the transaction that claimed it. */
export async function takeUntil(sql: Sql, callback: CallbackRow, until: Date): Promise<void> {
  await sql`
    update callbacks set due_at = ${until}
    where workspace_id = ${callback.workspaceId} and id = ${callback.id}
  `
}

/** Locks one that was taken; false when the time is over and somebody else has it, or a person. */
export async function lockTaken(
  sql: Sql,
  { workspaceId, id, attempts, dueAt }: CallbackRow,
): Promise<boolean> {
  const rows = await sql`
    select id from callbacks
    where workspace_id = ${workspaceId} and id = ${id} and status = 'received'
      and attempts = ${attempts} and due_at = ${dueAt}
    for update
  `
  return rows.length > 0
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

export type CallbackSummary = Omit<CallbackRow, 'body' | 'headers' | 'url' | 'method' | 'dueAt'>

/** Newest first. */
export async function listCallbacks(
  sql: Sql,
  workspaceId: string,
  filter: { status: string | undefined; before: string | undefined; limit: number },
): Promise<CallbackSummary[]> {
  return await sql<CallbackSummary[]>`
    select workspace_id, id, source, sender_id, connection_id, signed, status, attempts, reason, received_at, processed_at
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
    select workspace_id, id, source, sender_id, connection_id, signed, method, headers, url, body, status, attempts, reason,
      received_at, processed_at, due_at
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
