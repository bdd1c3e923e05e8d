/** What was looked up about the addresses of opens and clicks. */
import { plainArray, textArray } from '../../db/arrays.ts'
import type { Sql } from '../../db/db.ts'
import { firstId } from './retention.ts'

export interface Located {
  readonly messageId: string
  readonly ip: string
  readonly asn: number | null
  readonly hostName: string | null
}

/** What is there already stays. Answers the messages that learned something; none of those erased meanwhile. */
export async function saveNetworks(
  sql: Sql,
  workspaceId: string,
  found: readonly Located[],
): Promise<string[]> {
  const rows = await sql<{ messageId: string }[]>`
    update engagements e
    set asn = coalesce(e.asn, f.asn), host_name = coalesce(e.host_name, f.host_name)
    from unnest(
      ${plainArray(found.map((each) => each.messageId))}::uuid[], ${textArray(found.map((each) => each.ip))}::text[],
      ${plainArray(found.map((each) => each.asn))}::bigint[], ${textArray(found.map((each) => each.hostName))}::text[]
    ) as f (message_id, ip, asn, host_name)
    where e.workspace_id = ${workspaceId} and e.message_id = f.message_id and e.ip = f.ip
      and ((e.asn is null and f.asn is not null) or (e.host_name is null and f.host_name is not null))
    returning e.message_id
  `
  return [...new Set(rows.map((row) => row.messageId))]
}

export interface Unlocated {
  readonly workspaceId: string
  readonly messageId: string
  readonly ip: string
}

/**
 * Hits since `since` of which nothing was looked up, on messages made since `madeSince`: their ids begin
 * with that time, so the primary key finds them.
 */
export async function findUnlocated(
  sql: Sql,
  { since, madeSince, limit }: { since: Date; madeSince: Date; limit: number },
): Promise<Unlocated[]> {
  return await sql<Unlocated[]>`
    select e.workspace_id, e.message_id, e.ip
    from workspaces w
    cross join lateral (
      select distinct workspace_id, message_id, ip
      from engagements
      where workspace_id = w.id and message_id >= ${firstId(madeSince)} and at >= ${since} and source = 'web'
        and class in ('human', 'unknown') and reason not in ('gmail_proxy', 'proxy')
        and ip is not null and asn is null and host_name is null
      limit ${limit}
    ) e
    limit ${limit}
  `
}
