/** Senders in the database. Settings stay sealed here; directory.ts opens them. */
import { asText, type Sql } from '../db/db.ts'
import type { ChannelId } from './channel.ts'

export interface SenderRow {
  readonly workspaceId: string
  readonly id: string
  readonly channel: ChannelId
  readonly provider: string
  readonly name: string
  readonly settings: string
  readonly origin: 'builtin' | 'environment' | 'member'
  readonly position: number
  readonly status: 'active' | 'paused' | 'disabled'
  readonly statusReason: string | null
  readonly perSecond: number | null
  readonly onUnknown: 'hold' | 'resend'
  readonly breakerOpenUntil: Date | null
  readonly breakerReason: string | null
  /** Of one message; both null: not known. */
  readonly costAmount: number | null
  readonly costCurrency: string | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

const columns = (sql: Sql) => sql`
  workspace_id, id, channel, provider, name, settings, origin, position, status, status_reason, per_second,
  on_unknown, breaker_open_until, breaker_reason, cost_amount, cost_currency, created_at, updated_at
`

/** All senders of a workspace in order of use: by position, the built-in sandbox last. */
export function listSenders(sql: Sql, workspaceId: string) {
  return sql<SenderRow[]>`
    select ${columns(sql)}
    from senders
    where workspace_id = ${workspaceId}
    order by channel, origin = 'builtin', position, created_at, id
  `
}

export async function findSender(
  sql: Sql,
  workspaceId: string,
  id: string,
): Promise<SenderRow | undefined> {
  const [row] = await sql<SenderRow[]>`
    select ${columns(sql)}
    from senders
    where workspace_id = ${workspaceId} and id = ${id}
  `
  return row
}

/** Writers of one sender wait for each other. */
export async function lockSender(
  sql: Sql,
  workspaceId: string,
  id: string,
): Promise<SenderRow | undefined> {
  const [row] = await sql<SenderRow[]>`
    select ${columns(sql)}
    from senders
    where workspace_id = ${workspaceId} and id = ${id}
    for update
  `
  return row
}

/** Senders of a channel without its sandbox. Writers of one channel's order wait for each other. */
export async function lockChannel(
  sql: Sql,
  workspaceId: string,
  channel: ChannelId,
): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from senders
    where workspace_id = ${workspaceId} and channel = ${channel} and origin <> 'builtin'
    order by id
    for update
  `
  return rows.map(({ id }) => id)
}

/** Counts from 1 in the order given. */
export async function setPositions(
  sql: Sql,
  workspaceId: string,
  ids: readonly string[],
  now: Date,
): Promise<void> {
  await sql`
    update senders s
    set position = wanted.position, updated_at = ${now}
    from unnest(${[...ids]}::uuid[]) with ordinality as wanted (id, position)
    where s.workspace_id = ${workspaceId} and s.id = wanted.id
  `
}

/** Behind all others of the channel. */
export async function nextPosition(sql: Sql, workspaceId: string, channel: ChannelId) {
  const [row] = await sql<{ next: number }[]>`
    select coalesce(max(position), 0) + 1 as next
    from senders
    where workspace_id = ${workspaceId} and channel = ${channel} and origin <> 'builtin'
  `
  return row?.next ?? 1
}

/** Rows whose id is there already are left as they are. */
export async function insertSenders(
  sql: Sql,
  rows: readonly Omit<
    SenderRow,
    | ('updatedAt' | 'breakerOpenUntil' | 'breakerReason' | 'status' | 'statusReason')
    | ('costAmount' | 'costCurrency')
  >[],
): Promise<void> {
  await sql`
    insert into senders (workspace_id, id, channel, provider, name, settings, origin, position, per_second, on_unknown, created_at, updated_at)
    select workspace_id, id, channel, provider, name, settings, origin, position, per_second, on_unknown, created_at, created_at
    from unnest(
      ${rows.map((row) => row.workspaceId)}::uuid[], ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.channel)}::text[], ${rows.map((row) => row.provider)}::text[],
      ${rows.map((row) => row.name)}::text[], ${rows.map((row) => row.settings)}::text[],
      ${rows.map((row) => row.origin)}::text[], ${rows.map((row) => row.position)}::int[],
      ${rows.map((row) => row.perSecond)}::float8[], ${rows.map((row) => row.onUnknown)}::text[],
      ${asText(rows.map((row) => row.createdAt))}::timestamptz[]
    ) as new (workspace_id, id, channel, provider, name, settings, origin, position, per_second, on_unknown, created_at)
    on conflict (workspace_id, id) do nothing
  `
}

export interface SenderPatch {
  readonly name?: string | undefined
  readonly settings?: string | undefined
  readonly position?: number | undefined
  readonly status?: SenderRow['status'] | undefined
  readonly statusReason?: string | null | undefined
  readonly perSecond?: number | null | undefined
  readonly onUnknown?: 'hold' | 'resend' | undefined
  readonly cost?: { readonly amount: number; readonly currency: string } | null | undefined
}

/** Undefined when there is none with this id. Setting a status also closes the circuit. */
export async function updateSender(
  sql: Sql,
  workspaceId: string,
  id: string,
  patch: SenderPatch,
  now: Date,
) {
  const given = (value: unknown) => value !== undefined
  const [row] = await sql<{ id: string }[]>`
    update senders
    set name = coalesce(${patch.name ?? null}, name),
      settings = coalesce(${patch.settings ?? null}, settings),
      position = coalesce(${patch.position ?? null}::int, position),
      status = coalesce(${patch.status ?? null}, status),
      status_reason = case when ${given(patch.status)} then ${patch.statusReason ?? null} else status_reason end,
      breaker_open_until = case when ${given(patch.status)} then null else breaker_open_until end,
      breaker_reason = case when ${given(patch.status)} then null else breaker_reason end,
      per_second = case when ${given(patch.perSecond)} then ${patch.perSecond ?? null}::float8 else per_second end,
      on_unknown = coalesce(${patch.onUnknown ?? null}, on_unknown),
      cost_amount = case when ${given(patch.cost)} then ${patch.cost?.amount ?? null}::float8 else cost_amount end,
      cost_currency = case when ${given(patch.cost)} then ${patch.cost?.currency ?? null} else cost_currency end,
      updated_at = ${now}
    where workspace_id = ${workspaceId} and id = ${id}
    returning id
  `
  return row
}

/** Pauses an active sender. Undefined when it was not active: someone else got there first. */
export async function markPaused(
  sql: Sql,
  workspaceId: string,
  id: string,
  reason: string,
  now: Date,
) {
  const [row] = await sql<{ id: string }[]>`
    update senders
    set status = 'paused', status_reason = ${reason}, updated_at = ${now}
    where workspace_id = ${workspaceId} and id = ${id} and status = 'active'
    returning id
  `
  return row
}

/** Opens the circuit until `until`, or closes it with null. */
export async function setBreaker(
  sql: Sql,
  workspaceId: string,
  id: string,
  until: Date | null,
  reason: string | null,
) {
  await sql`
    update senders
    set breaker_open_until = ${until}, breaker_reason = ${reason}
    where workspace_id = ${workspaceId} and id = ${id}
  `
}

/** Makes what waits for a sender due, after it could not work for a while. */
export async function wakeLanes(sql: Sql, workspaceId: string, senderId: string, now: Date) {
  await sql`
    update lanes
    set next_due = least(next_due, ${now}), touched = touched + 1
    where workspace_id = ${workspaceId} and sender_id = ${senderId}
  `
}

/**
 * False when messages refer to it; then it can only be disabled. In the caller's transaction,
 * which has locked the sender. Whoever writes a message touches its lane: with these locked too,
 * those that came first are committed, and those that come later find no sender for their lane.
 */
export async function deleteSender(sql: Sql, workspaceId: string, id: string): Promise<boolean> {
  await sql`
    select from lanes where workspace_id = ${workspaceId} and sender_id = ${id} order by priority for update
  `
  const rows = await sql`
    delete from senders s
    where s.workspace_id = ${workspaceId} and s.id = ${id}
      and not exists (select from messages m where m.workspace_id = s.workspace_id and m.sender_id = s.id)
  `
  return rows.count > 0
}
