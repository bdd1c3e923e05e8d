/** What an import of old opens asks and writes besides project.store.ts. */
import { asText, type Sql } from '../../db/db.ts'

const SAME_SECONDS = 1 // the old service kept no more than an email and a time of each open

/** Which of these are there already, by their place. */
export async function findKnownOpens(
  sql: Sql,
  workspaceId: string,
  source: string,
  opens: readonly { emailId: string; openedAt: Date }[],
): Promise<Set<number>> {
  const rows = await sql<{ place: number }[]>`
    select (w.n - 1)::int as place
    from unnest(
      ${opens.map((open) => open.emailId)}::text[], ${asText(opens.map((open) => open.openedAt))}::timestamptz[]
    ) with ordinality as w (email_id, opened_at, n)
    where exists (
      select from email_opens o
      where o.workspace_id = ${workspaceId} and o.source = ${source} and o.email_id = w.email_id
        and o.opened_at > w.opened_at - make_interval(secs => ${SAME_SECONDS})
        and o.opened_at < w.opened_at + make_interval(secs => ${SAME_SECONDS})
    )
  `
  return new Set(rows.map((row) => row.place))
}

export async function noteNotified(
  sql: Sql,
  workspaceId: string,
  opens: readonly { source: string; openKey: string; notifiedAt: Date | null }[],
): Promise<void> {
  await sql`
    update email_opens o
    set notified_at = w.notified_at
    from unnest(
      ${opens.map((open) => open.source)}::text[], ${opens.map((open) => open.openKey)}::text[],
      ${asText(opens.map((open) => open.notifiedAt))}::timestamptz[]
    ) as w (source, open_key, notified_at)
    where o.workspace_id = ${workspaceId} and o.source = w.source and o.open_key = w.open_key
  `
}
