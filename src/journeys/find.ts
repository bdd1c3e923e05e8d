/** Journeys as paths name them; raises `not_found` where the store answers nothing. */
import type { Sql } from '../db/db.ts'
import { AppError } from '../errors.ts'
import {
  findJourney,
  findJourneyVersion,
  type JourneyRow,
  type JourneyVersionRow,
} from './store.ts'

/** By id or by its unique name. */
export async function getJourney(
  sql: Sql,
  workspaceId: string,
  idOrName: string,
): Promise<JourneyRow> {
  const row = await findJourney(sql, workspaceId, idOrName)
  if (!row) throw new AppError('not_found', 'There is no such journey.')
  return row
}

export async function getJourneyVersion(
  sql: Sql,
  workspaceId: string,
  journeyId: string,
  version: number,
): Promise<JourneyVersionRow> {
  const row = await findJourneyVersion(sql, workspaceId, journeyId, version)
  if (!row) throw new AppError('not_found', `The journey has no version ${version}.`)
  return row
}

export interface CurrentJourney {
  readonly row: JourneyRow
  readonly version: JourneyVersionRow
}

/** With the version that new runs take. */
export async function getCurrentJourney(
  sql: Sql,
  workspaceId: string,
  idOrName: string,
): Promise<CurrentJourney> {
  const row = await getJourney(sql, workspaceId, idOrName)
  return { row, version: await getJourneyVersion(sql, workspaceId, row.id, row.version) }
}
