/** Topics as messages use them. */
import type { Sql } from '../../db/db.ts'
import type { TopicFacts } from '../directory.ts'

export async function findTopic(
  sql: Sql,
  workspaceId: string,
  key: string,
): Promise<TopicFacts | undefined> {
  const [row] = await sql<Omit<TopicFacts, 'known'>[]>`
    select key, kind, on_unknown from topics where workspace_id = ${workspaceId} and key = ${key}
  `
  return row && { ...row, known: true }
}

/** Makes transactional topics of keys that are new. Known ones stay as they are. */
export async function insertTopics(
  sql: Sql,
  topics: readonly { workspaceId: string; key: string }[],
  now: Date,
): Promise<void> {
  await sql`
    insert into topics (workspace_id, key, name, kind, created_at)
    select distinct workspace_id, key, key, 'transactional', ${now}::timestamptz
    from unnest(
      ${topics.map((topic) => topic.workspaceId)}::uuid[], ${topics.map((topic) => topic.key)}::text[]
    ) as new (workspace_id, key)
    order by 1, 2
    on conflict do nothing
  `
}
