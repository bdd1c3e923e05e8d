/** Idempotency keys in the database. */
import type { Sql } from '../db/db.ts'
import type { Repeatable } from './answer.ts'

/** Takes the key until the transaction ends. False when another request holds it. */
export async function tryKeyLock(
  sql: Sql,
  workspaceId: string,
  { scope, key }: Repeatable,
): Promise<boolean> {
  const [row] = await sql<{ locked: boolean }[]>`
    select pg_try_advisory_xact_lock(hashtextextended(${`${workspaceId} ${scope} ${key}`}, 0)) as locked
  `
  return row?.locked ?? false
}

export async function findAnswer(sql: Sql, workspaceId: string, { scope, key }: Repeatable) {
  const [row] = await sql<{ bodyHash: string; status: number; response: string }[]>`
    select body_hash, status, response
    from idempotency_keys
    where workspace_id = ${workspaceId} and scope = ${scope} and key = ${key}
  `
  return row
}

export async function saveAnswer(
  sql: Sql,
  workspaceId: string,
  answer: Repeatable & { status: number; response: string; at: Date },
): Promise<void> {
  await sql`
    insert into idempotency_keys (workspace_id, scope, key, body_hash, status, response, created_at)
    values (${workspaceId}, ${answer.scope}, ${answer.key}, ${answer.bodyHash}, ${answer.status}, ${answer.response}, ${answer.at})
  `
}

/** Forgets answers older than `before`. Answers how many. */
export async function deleteAnswers(sql: Sql, before: Date): Promise<number> {
  const rows = await sql`delete from idempotency_keys where created_at < ${before}`
  return rows.count
}

const PING_MS = 2_000 // a database that answers later is as good as away

/** Whether the database answers. Never throws. */
export async function pingDatabase(sql: Sql): Promise<{ ok: boolean; detail: string }> {
  const late = new Promise<never>((_, reject) =>
    setTimeout(() => reject(new Error('no answer within 2 s')), PING_MS).unref(),
  )
  try {
    await Promise.race([sql`select 1`, late])
    return { ok: true, detail: 'answers' }
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.message : String(error) }
  }
}
