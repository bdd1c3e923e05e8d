/** Workspaces as the engine reads them. */
import type { Sql } from '../../db/db.ts'
import type { WorkspaceFacts } from '../directory.ts'

export async function findWorkspaceFacts(
  sql: Sql,
  by: { id: string } | { number: number },
): Promise<WorkspaceFacts | undefined> {
  const [row] =
    'id' in by
      ? await sql<WorkspaceFacts[]>`
          select id, number, slug, name, time_zone, locale, default_country, accept_per_second, honeypot_link, pepper from workspaces where id = ${by.id}
        `
      : await sql<WorkspaceFacts[]>`
          select id, number, slug, name, time_zone, locale, default_country, accept_per_second, honeypot_link, pepper from workspaces where number = ${by.number}
        `
  return row
}
