/** Keys of runs: who may enter a journey, and again. Decides nothing. */
import type { Sql } from '../../db/db.ts'
import type { RunRow } from './runs.ts'

type KeyOfRun = Pick<RunRow, 'workspaceId' | 'journeyId' | 'key' | 'id'>

/** Whoever has these keys may enter again, where the journey lets them. */
export async function freeKeys(sql: Sql, rows: readonly KeyOfRun[]): Promise<void> {
  if (rows.length === 0) return
  await sql`
    update journey_keys k
    set live = false
    from unnest(
      ${rows.map((row) => row.workspaceId)}::uuid[], ${rows.map((row) => row.journeyId)}::uuid[],
      ${rows.map((row) => row.key)}::text[], ${rows.map((row) => row.id)}::uuid[]
    ) as w (workspace_id, journey_id, key, run_id)
    where k.workspace_id = w.workspace_id and k.journey_id = w.journey_id and k.key = w.key and k.run_id = w.run_id
  `
}

/** False when somebody else has the key by now. */
export async function takeKeyBack(sql: Sql, row: KeyOfRun): Promise<boolean> {
  const taken = await sql`
    update journey_keys set live = true
    where workspace_id = ${row.workspaceId} and journey_id = ${row.journeyId} and key = ${row.key} and run_id = ${row.id}
  `
  return taken.count > 0
}

/** When somebody of an earlier run may enter again. */
export type Again =
  | { readonly policy: 'once' | 'when_not_active' | 'always' }
  | { readonly policy: 'after'; readonly before: Date }

export interface Wanted {
  readonly key: string
  readonly runId: string
  /** Whose id the key is; whoever was merged into them counts as them. Null: another key. */
  readonly contactId: string | null
}

/** Takes keys for new runs of one journey; each key at most once in `rows`. Answers the runs that may begin. */
export async function takeKeys(
  sql: Sql,
  {
    workspaceId,
    journeyId,
    again,
    now,
  }: { workspaceId: string; journeyId: string; again: Again; now: Date },
  rows: readonly Wanted[],
): Promise<Set<string>> {
  const mayAgain = {
    once: sql`false`,
    when_not_active: sql`(not k.live)`,
    always: sql`true`,
    after: sql`(k.entered_at <= ${again.policy === 'after' ? again.before : now})`,
  }[again.policy]
  const taken = await sql<{ runId: string }[]>`
    insert into journey_keys as k (workspace_id, journey_id, key, run_id, entered_at, live)
    select ${workspaceId}::uuid, ${journeyId}::uuid, key, run_id, ${now}::timestamptz, true
    from unnest(
      ${rows.map((row) => row.key)}::text[], ${rows.map((row) => row.runId)}::uuid[], ${rows.map((row) => row.contactId)}::uuid[]
    ) as w (key, run_id, contact_id)
    where not exists (
      with recursive family (id) as (
        select c.id from contacts c where c.workspace_id = ${workspaceId} and c.merged_into = w.contact_id
        union
        select c.id from family join contacts c on c.workspace_id = ${workspaceId} and c.merged_into = family.id
      )
      select from family
      join journey_keys k on k.workspace_id = ${workspaceId} and k.journey_id = ${journeyId} and k.key = family.id::text
      where not ${mayAgain}
    )
    order by key
    on conflict (workspace_id, journey_id, key) do update
    set run_id = excluded.run_id, entered_at = excluded.entered_at, live = true
    where ${mayAgain}
    returning run_id
  `
  return new Set(taken.map((row) => row.runId))
}
