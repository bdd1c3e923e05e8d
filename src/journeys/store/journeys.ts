/** Journeys as the engine reads them. */
import type { Sql } from '../../db/db.ts'
import type { JourneyDocument, SettingValues } from '../schema.ts'
import type { JourneyStatus } from '../store.ts'

export interface LiveJourney {
  readonly id: string
  readonly status: JourneyStatus
  readonly version: number
  readonly settings: SettingValues
}

export function listLive(sql: Sql, workspaceId: string) {
  return sql<LiveJourney[]>`
    select id, status, version, settings
    from journeys
    where workspace_id = ${workspaceId} and status in ('active', 'paused')
  `
}

/** Until the transaction ends nobody pauses or changes it. */
export async function readLive(
  sql: Sql,
  workspaceId: string,
  id: string,
): Promise<LiveJourney | undefined> {
  const [row] = await sql<LiveJourney[]>`
    select id, status, version, settings from journeys where workspace_id = ${workspaceId} and id = ${id}
    for share
  `
  return row
}

export function readVersions(
  sql: Sql,
  workspaceId: string,
  refs: readonly { journeyId: string; version: number }[],
) {
  return sql<{ journeyId: string; version: number; definition: JourneyDocument }[]>`
    select v.journey_id, v.version, v.definition
    from unnest(${refs.map((ref) => ref.journeyId)}::uuid[], ${refs.map((ref) => ref.version)}::int[]) as w (journey_id, version)
    join journey_versions v on v.workspace_id = ${workspaceId} and v.journey_id = w.journey_id and v.version = w.version
  `
}
