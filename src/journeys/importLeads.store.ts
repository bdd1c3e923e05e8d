/** Keys of events that are not to come any more. */
import type { Sql } from '../db/db.ts'

/** As if these events had been recorded: whoever tells of them is not heard. */
export async function noteItems(
  sql: Sql,
  workspaceId: string,
  keys: readonly { source: string; key: string }[],
  now: Date,
): Promise<void> {
  await sql`
    insert into event_keys (workspace_id, source, key, event_id, recorded_at)
    select ${workspaceId}::uuid, source, key, gen_random_uuid(), ${now}
    from unnest(${keys.map((each) => each.source)}::text[], ${keys.map((each) => each.key)}::text[]) as w (source, key)
    order by source, key
    on conflict do nothing
  `
}
