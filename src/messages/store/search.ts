/** What a search of messages needs beside the list itself: whom a text means, and how far back to look. */
import type { Sql } from '../../db/db.ts'

/** Contacts whose name, or one of whose addresses or ids, holds the text, with those that were merged into them; `limit` or more: too many to go by. */
export async function findPeopleLike(
  sql: Sql,
  workspaceId: string,
  text: string,
  limit: number,
): Promise<string[]> {
  const rows = await sql<{ contactId: string }[]>`
    with found as (
      (
        select contact_id from contact_addresses
        where workspace_id = ${workspaceId} and strpos(lower(address), lower(${text})) > 0
        limit ${limit}
      )
      union
      (
        select contact_id from contact_identities
        where workspace_id = ${workspaceId} and strpos(lower(external_id), lower(${text})) > 0
        limit ${limit}
      )
      union
      (
        select id from contacts
        where workspace_id = ${workspaceId} and strpos(lower(name), lower(${text})) > 0
        limit ${limit}
      )
    )
    select contact_id from found
    union
    select c.id from contacts c
    where c.workspace_id = ${workspaceId} and c.merged_into in (select contact_id from found)
    limit ${limit}
  `
  return rows.map((row) => row.contactId)
}

export interface VersionRow {
  readonly templateId: string
  readonly version: number
}

/** Whether every word stands in the text, in whatever case. */
export const holdsAll = (sql: Sql, text: ReturnType<Sql>, words: readonly string[]) =>
  words.reduce((all, word) => sql`${all} and strpos(lower(${text}), lower(${word})) > 0`, sql`true`)

/** Versions of templates that have such a subject in one of their languages. */
export function findVersionsAbout(
  sql: Sql,
  workspaceId: string,
  words: readonly string[],
): Promise<VersionRow[]> {
  return sql<VersionRow[]>`
    select template_id, version from template_versions
    where workspace_id = ${workspaceId} and ${holdsAll(sql, sql`subjects`, words)}
  `
}

/** The id `span` messages before `before`; undefined when there are fewer. */
export async function findBack(
  sql: Sql,
  workspaceId: string,
  { before, span }: { before: string | null; span: number },
): Promise<string | undefined> {
  const [row] = await sql<{ id: string }[]>`
    select id from messages
    where workspace_id = ${workspaceId} ${before ? sql`and id < ${before}` : sql``}
    order by id desc
    offset ${span}
    limit 1
  `
  return row?.id
}
