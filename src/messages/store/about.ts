/** What messages of a page are about: given words, and the subjects of their templates. By id, so a list costs no join. */
import type { Sql } from '../../db/db.ts'
import type { DeclaredVariable } from '../../templates/variables.ts'
import type { VersionRow } from './search.ts'

const HEAD = 200 // characters of a text without a subject

/** The subject that was given with each, or the first words of its text. */
export async function findGivenWords(
  sql: Sql,
  workspaceId: string,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const rows = await sql<{ messageId: string; words: string | null }[]>`
    select message_id, coalesce(nullif(subject, ''), left(content ->> 'text', ${HEAD})) as words
    from message_contents
    where workspace_id = ${workspaceId} and message_id = any(${[...ids]}::uuid[])
  `
  return new Map(rows.map(({ messageId, words }) => [messageId, words ?? '']))
}

export interface SubjectRow extends VersionRow {
  readonly name: string
  readonly defaultLocale: string
  readonly variables: readonly DeclaredVariable[]
  /** By locale, as it is written; without those that have none. */
  readonly subjects: Readonly<Record<string, string>> | null
}

export function findSubjects(
  sql: Sql,
  workspaceId: string,
  versions: readonly VersionRow[],
): Promise<SubjectRow[]> {
  return sql<SubjectRow[]>`
    select v.template_id, v.version, replace(t.name, ' (archived ' || t.id || ')', '') as name, v.default_locale, v.variables, (
      select jsonb_object_agg(locale, content -> 'subject') from jsonb_each(v.contents) as each (locale, content)
      where content ->> 'subject' <> ''
    ) as subjects
    from unnest(${versions.map((each) => each.templateId)}::uuid[], ${versions.map((each) => each.version)}::int[]) as w (template_id, version)
    join template_versions v
      on v.workspace_id = ${workspaceId} and v.template_id = w.template_id and v.version = w.version
    join templates t on t.workspace_id = v.workspace_id and t.id = v.template_id
  `
}

export interface NamesRow {
  readonly sender: string | null
  /** The sender's. */
  readonly provider: string | null
  readonly template: string | null
}

/** Null for what is no longer there. */
export async function findNames(
  sql: Sql,
  workspaceId: string,
  { senderId, templateId }: { senderId: string; templateId: string | null },
): Promise<NamesRow> {
  const [row] = await sql<NamesRow[]>`
    select s.name as sender, s.provider, t.name as template
    from (values (1)) as always
    left join senders s on s.workspace_id = ${workspaceId} and s.id = ${senderId}
    left join templates t
      on t.workspace_id = ${workspaceId} and t.id = ${templateId}::uuid and t.archived_at is null
  `
  return row ?? { sender: null, provider: null, template: null }
}
