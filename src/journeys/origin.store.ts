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

/** A copy's is that of the first message (copyOf.ts). Undefined: there is no such message. */
export async function findOrigin(
  sql: Sql,
  workspaceId: string,
  messageId: string,
): Promise<OriginRow | undefined> {
  const [row] = await sql<OriginRow[]>`
    select s.journey_id, j.name, j.title, s.run_id, s.step
    from messages m
    left join journey_sends s
      on s.workspace_id = m.workspace_id and s.message_id = coalesce(m.resend_of, m.id)
    left join journeys j on j.workspace_id = s.workspace_id and j.id = s.journey_id
    where m.workspace_id = ${workspaceId} and m.id = ${messageId}
  `
  return row
}
