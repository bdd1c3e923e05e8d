/** People who are being erased from the log of requests, and the log as far as it held them. */
import type { TransactionSql } from 'postgres'
import type { Sql } from '../../db/db.ts'

/** By their addresses, wherever these stand, and by their ids, where these stand alone. */
export async function insertErasure(
  sql: Sql,
  workspaceId: string,
  { id, addresses, ids }: { id: string; addresses: readonly string[]; ids: readonly string[] },
): Promise<void> {
  await sql`
    with known (id) as (select unnest(${[...ids]}::text[])),
    said (word) as (
      select unnest(${[...addresses]}::text[])
      union all
      select to_json(id)::text from known
      union all
      select sign || id from known cross join unnest(array['/', '=']) sign
    )
    insert into api_request_erasures (workspace_id, id, words)
    select ${workspaceId}, ${id}, array_agg(lower(word)) from said
  `
}

/** Takes the next `span` requests, newest first. False: there are no more, and the words are gone too. */
export async function forgetNext(
  tx: TransactionSql,
  workspaceId: string,
  { id, span }: { id: string; span: number },
): Promise<boolean> {
  const [erasure] = await tx<{ words: string[]; below: string | null }[]>`
    select words, below from api_request_erasures where workspace_id = ${workspaceId} and id = ${id} for update
  `
  if (!erasure) return false
  const { words, below } = erasure
  const here = below ? tx`and id < ${below}` : tx``
  const [last] = await tx<{ id: string }[]>`
    select id from api_requests where workspace_id = ${workspaceId} ${here} order by id desc offset ${span} limit 1
  `
  // In small letters once for all words, which is most of the work.
  await tx`
    update api_requests r
    set request_body = null, answer = null, query = null, path = r.route, idempotency_key = null
    from (
      select id, lower(concat_ws(' ', path, '?' || query, idempotency_key, request_body, answer)) as said
      from api_requests
      where workspace_id = ${workspaceId} ${here} ${last ? tx`and id >= ${last.id}` : tx``}
      offset 0
    ) one
    where r.workspace_id = ${workspaceId} and r.id = one.id
      and exists (select from unnest(${words}::text[]) word where strpos(one.said collate "C", word collate "C") > 0)
  `
  if (last)
    await tx`update api_request_erasures set below = ${last.id} where workspace_id = ${workspaceId} and id = ${id}`
  else await tx`delete from api_request_erasures where workspace_id = ${workspaceId} and id = ${id}`
  return last !== undefined
}
