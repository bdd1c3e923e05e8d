/**
 * Callbacks that failed, by what they failed of: the first sentence says it. What is quoted in it, numbers and
 * ids do not tell them apart.
 */
import type { Sql } from '../../db/db.ts'

const NAMES = `"[^"]*"|'[^']*'|[0-9a-f]{8}-[0-9a-f-]{27}|\\w*\\d\\w*` // what is quoted, ids and numbers
const BODY = '^(The body is [^:]*): .*$' // what follows is of one body

export interface CallbackGroup {
  readonly source: string
  /** Of one of them. */
  readonly reason: string
  readonly count: number
  readonly firstAt: Date
  readonly lastAt: Date
}

/** Most first. */
export async function groupFailed(
  sql: Sql,
  workspaceId: string,
  most: number,
): Promise<CallbackGroup[]> {
  return await sql<CallbackGroup[]>`
    select source, max(reason) as reason, count(*)::int as count, min(received_at) as first_at, max(received_at) as last_at
    from callbacks
    where workspace_id = ${workspaceId} and status = 'failed' and reason is not null
    group by source, regexp_replace(split_part(regexp_replace(reason, ${BODY}, '\\1'), '. ', 1), ${NAMES}, '#', 'g')
    order by count desc, last_at desc
    limit ${most}
  `
}

/** Makes all of a group due again; answers how many. */
export async function reopenGroup(
  sql: Sql,
  workspaceId: string,
  { source, reason }: Pick<CallbackGroup, 'source' | 'reason'>,
  now: Date,
): Promise<number> {
  const rows = await sql`
    update callbacks
    set status = 'received', due_at = ${now}, attempts = 0, processed_at = null
    where workspace_id = ${workspaceId} and status = 'failed' and source = ${source}
      and regexp_replace(split_part(regexp_replace(reason, ${BODY}, '\\1'), '. ', 1), ${NAMES}, '#', 'g') = regexp_replace(split_part(regexp_replace(${reason}, ${BODY}, '\\1'), '. ', 1), ${NAMES}, '#', 'g')
  `
  return rows.count
}
