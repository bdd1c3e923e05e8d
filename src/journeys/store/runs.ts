/** Runs in the database: taking what is due, and writing what became of many at once. Decides nothing. */
import { asText, type Sql } from '../../db/db.ts'

export const runStatuses = [
  'active', // its step is to be carried out
  'waiting', // for a time or an event
  'held', // by a person or a rule
  'done',
  'exited', // by a rule, or a step that says so
  'failed',
  'cancelled',
] as const
export type RunStatus = (typeof runStatuses)[number]

/** What a run carries along: JSON objects. */
export type Carried = Readonly<Record<string, unknown>>

/** What became of a run at a step. */
export const deeds = [
  'went_on',
  'skipped',
  'ended',
  'failed',
  'held',
  'released',
  'retried',
] as const
export interface Trace {
  readonly step: string
  readonly did: (typeof deeds)[number]
  /** ISO 8601. */
  readonly at: string
}

export interface RunRow {
  readonly workspaceId: string
  readonly id: string
  readonly journeyId: string
  readonly version: number
  readonly contactId: string | null
  readonly key: string
  readonly status: RunStatus
  /** Null when it has ended. */
  readonly step: string | null
  /** Where it stood when it failed. */
  readonly failedStep?: string | null
  readonly enteredStepAt: Date | null
  readonly dueAt: Date | null
  readonly event: Carried
  readonly results: Carried
  /** The newest ones, oldest first. Absent: none yet. */
  readonly trail?: readonly Trace[]
  readonly attempt: number
  readonly lease: string | null
  /** The process that holds the lease. */
  readonly leasedBy: string | null
  readonly exitReason: string | null
  readonly detail: string | null
  readonly attention: boolean
  readonly startedAt: Date
  readonly endedAt: Date | null
}

export const runColumns = (sql: Sql) => sql`
  r.workspace_id, r.id, r.journey_id, r.version, r.contact_id, r.key, r.status, r.step, r.failed_step, r.entered_step_at, r.due_at,
  r.event, r.results, r.trail, r.attempt, r.lease, r.leased_by, r.exit_reason, r.detail, r.attention, r.started_at, r.ended_at
`

export async function lockRun(
  sql: Sql,
  workspaceId: string,
  id: string,
): Promise<RunRow | undefined> {
  const [row] = await sql<RunRow[]>`
    select ${runColumns(sql)}
    from journey_runs r
    where r.workspace_id = ${workspaceId} and r.id = ${id}
    for update
  `
  return row
}

/**
 * Live runs about a contact or who was merged into it, in journeys that react to something; locked in one order. With a
 * number also those that have written to it for somebody else, whose number it is too: `shares`.
 */
export function lockRunsOf(
  sql: Sql,
  workspaceId: string,
  { contactId, number }: { contactId: string; number: string | null },
  journeyIds: readonly string[],
) {
  const others = sql`
    or r.contact_id = any(array(
      select a.contact_id from contact_addresses a
      where a.workspace_id = ${workspaceId} and a.kind = 'phone' and a.address = ${number}
    )) and exists (
      select from journey_sends s
      join messages m on m.workspace_id = s.workspace_id and m.id = s.message_id and m.address = ${number}
      where s.workspace_id = r.workspace_id and s.run_id = r.id
    )`
  return sql<(RunRow & { readonly shares: boolean })[]>`
    with recursive family (id) as (
      select ${contactId}::uuid
      union
      select c.id from family join contacts c on c.workspace_id = ${workspaceId} and c.merged_into = family.id
    )
    select ${runColumns(sql)}, r.contact_id <> all(array(select id from family)) as shares
    from journey_runs r
    where r.workspace_id = ${workspaceId} and r.ended_at is null and r.journey_id = any(${[...journeyIds]}::uuid[])
      and (r.contact_id = any(array(select id from family)) ${number === null ? sql`` : others})
    order by r.id
    for update of r
  `
}

/** Live runs of journeys that are about nobody, by their keys. */
export function lockRunsByKey(
  sql: Sql,
  workspaceId: string,
  keys: readonly { journeyId: string; key: string }[],
) {
  return sql<RunRow[]>`
    select ${runColumns(sql)}
    from unnest(${keys.map((each) => each.journeyId)}::uuid[], ${keys.map((each) => each.key)}::text[]) as w (journey_id, key)
    join journey_keys k on k.workspace_id = ${workspaceId} and k.journey_id = w.journey_id and k.key = w.key and k.live
    join journey_runs r on r.workspace_id = k.workspace_id and r.id = k.run_id and r.ended_at is null
    order by r.id
    for update of r
  `
}

/** Whether one of this key waits to be looked at by a person. */
export async function hasRunInNeed(
  sql: Sql,
  workspaceId: string,
  { journeyId, version, key }: { journeyId: string; version: number; key: string },
): Promise<boolean> {
  const found = await sql`
    select from journey_runs
    where workspace_id = ${workspaceId} and journey_id = ${journeyId} and key = ${key} and version = ${version} and attention
    limit 1
  `
  return found.length > 0
}

/** The run that sent a message, live or not; locked. */
export async function lockSender(
  sql: Sql,
  workspaceId: string,
  messageId: string,
): Promise<RunRow | undefined> {
  const [row] = await sql<RunRow[]>`
    select ${runColumns(sql)}
    from journey_sends s
    join journey_runs r on r.workspace_id = s.workspace_id and r.id = s.run_id
    where s.workspace_id = ${workspaceId} and s.message_id = ${messageId}
    for update of r
  `
  return row
}

/** The caller has the rows locked. One statement for all of them. */
export async function saveRuns(sql: Sql, rows: readonly RunRow[]): Promise<void> {
  if (rows.length === 0) return
  await sql`
    update journey_runs r
    set status = w.status, step = w.step, failed_step = w.failed_step, entered_step_at = w.entered_step_at, due_at = w.due_at,
      results = w.results::jsonb, trail = w.trail::jsonb, attempt = w.attempt, lease = w.lease, leased_by = w.leased_by, exit_reason = w.exit_reason,
      detail = w.detail, attention = w.attention, ended_at = w.ended_at
    from unnest(
      ${rows.map((row) => row.workspaceId)}::uuid[], ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.status)}::text[], ${rows.map((row) => row.step)}::text[], ${rows.map((row) => row.failedStep ?? null)}::text[],
      ${asText(rows.map((row) => row.enteredStepAt))}::timestamptz[], ${asText(rows.map((row) => row.dueAt))}::timestamptz[],
      ${rows.map((row) => JSON.stringify(row.results))}::text[], ${rows.map((row) => JSON.stringify(row.trail ?? []))}::text[], ${rows.map((row) => row.attempt)}::int[],
      ${rows.map((row) => row.lease)}::uuid[], ${rows.map((row) => row.leasedBy)}::uuid[], ${rows.map((row) => row.exitReason)}::text[],
      ${rows.map((row) => row.detail)}::text[], ${asText(rows.map((row) => row.attention))}::text[]::boolean[],
      ${asText(rows.map((row) => row.endedAt))}::timestamptz[]
    ) as w (workspace_id, id, status, step, failed_step, entered_step_at, due_at, results, trail, attempt, lease, leased_by, exit_reason, detail, attention, ended_at)
    where r.workspace_id = w.workspace_id and r.id = w.id
  `
}

export async function insertRuns(sql: Sql, rows: readonly RunRow[]): Promise<void> {
  if (rows.length === 0) return
  await sql`
    insert into journey_runs (workspace_id, id, journey_id, version, contact_id, key, status, step, entered_step_at, due_at, event, started_at)
    select workspace_id, id, journey_id, version, contact_id, key, 'active', step, started_at, started_at, event::jsonb, started_at
    from unnest(
      ${rows.map((row) => row.workspaceId)}::uuid[], ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.journeyId)}::uuid[], ${rows.map((row) => row.version)}::int[],
      ${rows.map((row) => row.contactId)}::uuid[], ${rows.map((row) => row.key)}::text[],
      ${rows.map((row) => row.step)}::text[], ${rows.map((row) => JSON.stringify(row.event))}::text[],
      ${asText(rows.map((row) => row.startedAt))}::timestamptz[]
    ) as w (workspace_id, id, journey_id, version, contact_id, key, step, event, started_at)
  `
}
