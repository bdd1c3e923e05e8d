/** Drafts as paths name them: by the journey's id or name, or by the id that it will have. */
import type { TransactionSql } from 'postgres'
import { AppError } from '../../errors.ts'
import { isUuid } from '../../lib/uuid7.ts'
import { findJourney, type JourneyRow } from '../store.ts'
import { type DraftRow, findDraft } from './store.ts'

export interface Place {
  readonly id: string
  /** Undefined before it is published. */
  readonly journey: JourneyRow | undefined
  readonly draft: DraftRow | undefined
}

/** Undefined where there is neither a journey nor a draft. */
export async function findPlace(
  tx: TransactionSql,
  workspaceId: string,
  ref: string,
): Promise<Place | undefined> {
  const journey = await findJourney(tx, workspaceId, ref)
  const id = journey?.id ?? (isUuid(ref) ? ref.toLowerCase() : undefined)
  const draft = id === undefined ? undefined : await findDraft(tx, workspaceId, id)
  if (id === undefined || journey?.status === 'archived' || (!journey && !draft)) return undefined
  return { id, journey, draft }
}

export async function getPlace(
  tx: TransactionSql,
  workspaceId: string,
  ref: string,
): Promise<Place> {
  const place = await findPlace(tx, workspaceId, ref)
  if (!place) throw new AppError('not_found', 'There is no such journey.')
  return place
}

export function noDraft(): AppError {
  return new AppError('not_found', 'This journey has no draft.')
}
