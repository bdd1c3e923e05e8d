/** Which run a message came from, in the database. */
import type { Sql } from '../db/db.ts'

export interface OriginRow {
  /** Of all of these, null: no run sent it. */
  readonly journeyId: string | null
  readonly name: string | null
  readonly title: string | null
  readonly runId: string | null
  readonly step: string | null
}

/** A copy's is that of the message it was made of, and so on back. Undefined: there is no such message. */
export async function findOrigin(
  sql: Sql,
  workspaceId: string,
  messageId: string,
): Promise<OriginRow | undefined> {
  const [row] = await sql<OriginRow[]>`
    with recursive line (id, copies) as (
      select id, 0 from messages where workspace_id = ${workspaceId} and id = ${messageId}
      union all
      select m.resend_of, copies + 1
      from line
      join messages m on m.workspace_id = ${workspaceId} and m.id = line.id
      where m.resend_of is not null
    )
    select s.journey_id, j.name, j.title, s.run_id, s.step
    from line
    left join journey_sends s on s.workspace_id = ${workspaceId} and s.message_id = line.id
    left join journeys j on j.workspace_id = s.workspace_id and j.id = s.journey_id
    order by s.message_id is null, copies
    limit 1
  `
  return row
}
