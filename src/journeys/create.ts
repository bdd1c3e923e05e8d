/** Makes a journey with its first version, as a draft. The document must have passed validation. */
import type { TransactionSql } from 'postgres'
import { AppError } from '../errors.ts'
import { uuid7 } from '../lib/uuid7.ts'
import { type Actor, audit } from '../workspaces/audit/audit.ts'
import type { CurrentJourney } from './find.ts'
import type { JourneyDocument } from './schema.ts'
import { insertJourney, insertJourneyVersion, type NewJourneyRow } from './store.ts'

export interface Authorship {
  readonly actor: Actor
  readonly now: Date
}

/** 409 when the name is taken. `given` is what a recipe says beside the document. */
export async function createJourney(
  tx: TransactionSql,
  workspaceId: string,
  document: JourneyDocument,
  { actor, now }: Authorship,
  given: Partial<Pick<NewJourneyRow, 'id' | 'origin' | 'recipe' | 'settings'>> = {},
): Promise<CurrentJourney> {
  const { name, title = null } = document
  const journey = {
    ...{ id: uuid7(), name, title, status: 'draft' as const },
    ...{ origin: 'member' as const, recipe: null, settings: {}, ...given },
  }
  const row = await insertJourney(tx, workspaceId, journey, now)
  if (!row) throw nameTaken(name)
  const version = {
    ...{ journeyId: row.id, version: 1, definition: document },
    ...{ createdBy: actor.id, createdAt: now },
  }
  await insertJourneyVersion(tx, workspaceId, version)
  await audit(tx, workspaceId, { actor, at: now, action: 'journey.created', target: row.id })
  return { row, version }
}

export function nameTaken(name: string): AppError {
  return new AppError('conflict', `There is a journey named ${name} already. Choose another name.`)
}
