/** Journeys and their versions in the database. Runs are in store/. */
import type { Sql } from '../db/db.ts'
import { isTaken } from '../db/refusal.ts'
import { isUuid } from '../lib/uuid7.ts'
import type { journeyStatuses } from './api.schema.ts'
import type { JourneyDocument, SettingValues } from './schema.ts'

export type JourneyStatus = (typeof journeyStatuses)[number]
export type JourneyOrigin = 'member' | 'environment'

export interface JourneyRow {
  readonly id: string
  readonly name: string
  readonly title: string | null
  readonly status: JourneyStatus
  readonly statusReason: string | null
  readonly version: number
  readonly origin: JourneyOrigin
  readonly recipe: string | null
  readonly settings: SettingValues
  /** Number of the last draft that is gone; 0: there was none. */
  readonly drafts: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

export interface JourneyVersionRow {
  readonly journeyId: string
  readonly version: number
  readonly definition: JourneyDocument
  readonly createdBy: string | null
  readonly createdAt: Date
}

const columns = (sql: Sql) => sql`
  id, name, title, status, status_reason, version, origin, recipe, settings, drafts, created_at, updated_at
`

/** By id or by its unique name; archived ones by id only. */
export async function findJourney(
  sql: Sql,
  workspaceId: string,
  idOrName: string,
): Promise<JourneyRow | undefined> {
  const id = isUuid(idOrName) ? idOrName : null
  const [row] = await sql<JourneyRow[]>`
    select ${columns(sql)}
    from journeys
    where workspace_id = ${workspaceId} and (id = ${id}::uuid or (name = ${idOrName} and ${id}::uuid is null))
  `
  return row
}

/** A page, newest first, beginning before `before`. Archived ones only when they are asked for. */
export function listJourneys(
  sql: Sql,
  workspaceId: string,
  filter: { status: JourneyStatus | null; before: string | null; limit: number },
) {
  return sql<JourneyRow[]>`
    select ${columns(sql)}
    from journeys
    where workspace_id = ${workspaceId}
      and case when ${filter.status}::text is null then status <> 'archived' else status = ${filter.status} end
      and (${filter.before}::uuid is null or id < ${filter.before})
    order by id desc
    limit ${filter.limit}
  `
}

export function listByRecipe(sql: Sql, workspaceId: string) {
  return sql<JourneyRow[]>`
    select ${columns(sql)}
    from journeys
    where workspace_id = ${workspaceId} and recipe is not null and status <> 'archived'
    order by name
  `
}

/** Locks the journey for a change. */
export async function lockJourney(sql: Sql, workspaceId: string, id: string) {
  const [row] = await sql<JourneyRow[]>`
    select ${columns(sql)}
    from journeys
    where workspace_id = ${workspaceId} and id = ${id}
    for update
  `
  return row
}

export interface NewJourneyRow {
  readonly id: string
  readonly name: string
  readonly title: string | null
  readonly status: JourneyStatus
  readonly origin: JourneyOrigin
  readonly recipe: string | null
  readonly settings: SettingValues
}

/** Undefined when the name is taken. */
export async function insertJourney(
  sql: Sql,
  workspaceId: string,
  journey: NewJourneyRow,
  now: Date,
) {
  const [row] = await sql<JourneyRow[]>`
    insert into journeys (workspace_id, id, name, title, status, version, origin, recipe, settings, created_at, updated_at)
    values (${workspaceId}, ${journey.id}, ${journey.name}, ${journey.title}, ${journey.status}, 1, ${journey.origin},
      ${journey.recipe}, ${JSON.stringify(journey.settings)}::text::jsonb, ${now}, ${now})
    on conflict do nothing
    returning ${columns(sql)}
  `
  return row
}

export interface JourneyPatch {
  readonly name?: string
  readonly title?: string | null
  readonly version?: number
  readonly status?: JourneyStatus
  readonly statusReason?: string | null
  readonly settings?: SettingValues
}

/** Undefined when the new name is taken; the transaction is broken then. */
export async function updateJourney(
  sql: Sql,
  workspaceId: string,
  id: string,
  patch: JourneyPatch,
  now: Date,
): Promise<JourneyRow | undefined> {
  const { settings, statusReason } = patch
  const keepsReason = statusReason === undefined
  const keepsTitle = patch.title === undefined
  try {
    const [row] = await sql<JourneyRow[]>`
      update journeys
      set name = coalesce(${patch.name ?? null}, name),
        title = case when ${String(keepsTitle)}::text::boolean then title else ${patch.title ?? null} end,
        version = coalesce(${patch.version ?? null}::int, version),
        status = coalesce(${patch.status ?? null}, status),
        status_reason = case when ${String(keepsReason)}::text::boolean then status_reason else ${statusReason ?? null} end,
        settings = coalesce(${settings ? JSON.stringify(settings) : null}::text::jsonb, settings),
        updated_at = ${now}
      where workspace_id = ${workspaceId} and id = ${id}
      returning ${columns(sql)}
    `
    return row
  } catch (error) {
    if (isTaken(error)) return undefined
    throw error
  }
}

/** Out of use: its name is free again, what it did stays. */
export async function markArchived(sql: Sql, workspaceId: string, id: string, now: Date) {
  await sql`
    update journeys
    set status = 'archived', status_reason = null, name = name || ' (archived ' || id || ')', updated_at = ${now}
    where workspace_id = ${workspaceId} and id = ${id} and status <> 'archived'
  `
}

export async function insertJourneyVersion(
  sql: Sql,
  workspaceId: string,
  version: JourneyVersionRow,
): Promise<void> {
  await sql`
    insert into journey_versions (workspace_id, journey_id, version, definition, created_by, created_at)
    values (${workspaceId}, ${version.journeyId}, ${version.version},
      ${JSON.stringify(version.definition)}::text::jsonb, ${version.createdBy}, ${version.createdAt})
  `
}

export async function findJourneyVersion(
  sql: Sql,
  workspaceId: string,
  journeyId: string,
  version: number,
) {
  const [row] = await sql<JourneyVersionRow[]>`
    select journey_id, version, definition, created_by, created_at
    from journey_versions
    where workspace_id = ${workspaceId} and journey_id = ${journeyId} and version = ${version}
  `
  return row
}

export interface JourneyVersionHead {
  readonly version: number
  readonly createdBy: string | null
  readonly createdAt: Date
}

/** Newest first, before `before`. */
export function listJourneyVersions(
  sql: Sql,
  workspaceId: string,
  journeyId: string,
  { before, limit }: { before: number | null; limit: number },
) {
  return sql<JourneyVersionHead[]>`
    select version, created_by, created_at
    from journey_versions
    where workspace_id = ${workspaceId} and journey_id = ${journeyId}
      and (${before}::int is null or version < ${before})
    order by version desc
    limit ${limit}
  `
}

/** Until the transaction ends. */
export async function lockInterests(sql: Sql, workspaceId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`journeys/${workspaceId}`}, 0))`
}

/** Documents that people may enter or are in: all versions of journeys in use, because runs keep theirs. */
export function listHeard(sql: Sql, workspaceId: string) {
  return sql<{ definition: JourneyDocument }[]>`
    select v.definition
    from journeys j
    join journey_versions v on v.workspace_id = j.workspace_id and v.journey_id = j.id
    where j.workspace_id = ${workspaceId} and j.status in ('active', 'paused')
  `
}
