/** Idempotency keys of accepted messages, many at once (single ones: http/store.ts). */
import type { Sql } from '../../db/db.ts'
import type { Repeatable } from '../../http/answer.ts'

type Key = Repeatable & { readonly workspaceId: string }

/** In the order of `keys`; undefined where nothing was answered yet. */
export async function findAnswers(sql: Sql, keys: readonly Key[]) {
  const rows = await sql<{ place: number; bodyHash: string; response: string }[]>`
    select w.place::int, k.body_hash, k.response
    from unnest(
      ${keys.map((key) => key.workspaceId)}::uuid[], ${keys.map((key) => key.scope)}::text[], ${keys.map((key) => key.key)}::text[]
    ) with ordinality as w (workspace_id, scope, key, place)
    join idempotency_keys k on k.workspace_id = w.workspace_id and k.scope = w.scope and k.key = w.key
  `
  const byPlace = new Map(rows.map((row) => [row.place, row]))
  return keys.map((_, index) => byPlace.get(index + 1))
}

/** Stores answers; false where the key was taken meanwhile. Waits for another transaction that is taking it. */
export async function insertAnswers(
  sql: Sql,
  answers: readonly (Key & { status: number; response: string })[],
  now: Date,
): Promise<boolean[]> {
  const rows = await sql<{ workspaceId: string; scope: string; key: string }[]>`
    insert into idempotency_keys (workspace_id, scope, key, body_hash, status, response, created_at)
    select *, ${now}::timestamptz
    from unnest(
      ${answers.map((answer) => answer.workspaceId)}::uuid[], ${answers.map((answer) => answer.scope)}::text[],
      ${answers.map((answer) => answer.key)}::text[], ${answers.map((answer) => answer.bodyHash)}::text[],
      ${answers.map((answer) => answer.status)}::int[], ${answers.map((answer) => answer.response)}::text[]
    )
    on conflict do nothing
    returning workspace_id, scope, key
  `
  const name = (row: { workspaceId: string; scope: string; key: string }) =>
    `${row.workspaceId} ${row.scope} ${row.key}`
  const taken = new Set(rows.map(name))
  return answers.map((answer) => taken.has(name(answer)))
}
