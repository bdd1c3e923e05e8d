/**
 * Gives a journey a new version, which new runs take from then on. Runs that have begun stay with
 * theirs. Writers of one journey wait for each other, so no version is lost or made twice; the
 * same document again makes no version.
 */
import { isDeepStrictEqual } from 'node:util'
import type { TransactionSql } from 'postgres'
import { AppError } from '../errors.ts'
import { assertUnchanged } from '../http/ifMatch.ts'
import { actorName } from '../workspaces/actorName.store.ts'
import { audit } from '../workspaces/audit/audit.ts'
import { changesOf } from '../workspaces/audit/changes.ts'
import { type Authorship, nameTaken } from './create.ts'
import { type CurrentJourney, getJourney, getJourneyVersion } from './find.ts'
import { refreshInterests } from './interests.ts'
import type { JourneyDocument, SettingValues } from './schema.ts'
import { keepFitting } from './settings.ts'
import { insertJourneyVersion, type JourneyRow, lockJourney, updateJourney } from './store.ts'
import { assertSettings } from './validate/settings.ts'

export interface JourneyChange {
  readonly ref: string
  readonly document: JourneyDocument
  /** The version that was looked at; null: whatever is there is written over. */
  readonly seen?: number | null
}

/** The document must have passed validation. 409 for what the environment provisions. */
export async function changeJourney(
  tx: TransactionSql,
  workspaceId: string,
  { ref, document, seen = null }: JourneyChange,
  authorship: Authorship,
): Promise<CurrentJourney> {
  const row = await lockForChange(tx, workspaceId, ref)
  if (seen !== null && seen !== row.version) {
    const { createdBy } = await getJourneyVersion(tx, workspaceId, row.id, row.version)
    const by = await actorName(tx, workspaceId, createdBy)
    assertUnchanged(seen, { version: row.version, by })
  }
  return putDocument(tx, workspaceId, { row, document }, authorship)
}

/** As changeJourney, for a journey that is locked already. */
export async function putDocument(
  tx: TransactionSql,
  workspaceId: string,
  { row, document }: { row: JourneyRow; document: JourneyDocument },
  { actor, now }: Authorship,
): Promise<CurrentJourney> {
  const current = await getJourneyVersion(tx, workspaceId, row.id, row.version)
  if (isDeepStrictEqual(current.definition, document)) return { row, version: current }
  const version = {
    ...{ journeyId: row.id, version: row.version + 1, definition: document },
    ...{ createdBy: actor.id, createdAt: now },
  }
  await insertJourneyVersion(tx, workspaceId, version)
  const changed = await updateJourney(
    ...([tx, workspaceId, row.id] as const),
    {
      ...{ name: document.name, title: document.title ?? null, version: version.version },
      settings: keepFitting(document, row.settings),
    },
    now,
  )
  if (!changed) throw nameTaken(document.name)
  if (row.status !== 'draft') await refreshInterests(tx, workspaceId)
  const changes = changesOf(
    { version: row.version, name: row.name, title: row.title },
    { version: changed.version, name: changed.name, title: changed.title },
  )
  const details = { version: version.version, ...changes }
  await audit(tx, workspaceId, {
    ...{ actor, at: now, action: 'journey.changed', target: row.id, details },
  })
  return { row: changed, version }
}

/** Replaces the values of a journey's settings; what is left out has its default again. */
export async function changeSettings(
  tx: TransactionSql,
  workspaceId: string,
  { ref, settings }: { ref: string; settings: SettingValues },
  { actor, now }: Authorship,
): Promise<CurrentJourney> {
  const row = await lockForChange(tx, workspaceId, ref)
  const version = await getJourneyVersion(tx, workspaceId, row.id, row.version)
  assertSettings(version.definition, settings)
  const changed = await updateJourney(tx, workspaceId, row.id, { settings }, now)
  await audit(tx, workspaceId, {
    ...{ actor, at: now, action: 'journey.settings_changed', target: row.id },
    details: {
      names: Object.keys(settings),
      ...changesOf(figures(row.settings), figures(settings)),
    },
  })
  return { row: changed ?? row, version }
}

/** What a text says may be a person's name or address. */
const figures = (settings: SettingValues) =>
  Object.fromEntries(
    Object.entries(settings).filter(
      (entry): entry is [string, number | boolean] => typeof entry[1] !== 'string',
    ),
  )

/** Locks a journey that people may change. */
export async function lockForChange(
  tx: TransactionSql,
  workspaceId: string,
  ref: string,
): Promise<JourneyRow> {
  const row = await lockLive(tx, workspaceId, ref)
  assertOurs(row)
  return row
}

export function assertOurs({ origin }: JourneyRow): void {
  if (origin === 'member') return
  throw new AppError(
    'conflict',
    'This journey comes from the environment: change its variables and restart, or make a copy under another name.',
  )
}

/** Locks a journey that is not archived. */
export async function lockLive(tx: TransactionSql, workspaceId: string, ref: string) {
  const { id } = await getJourney(tx, workspaceId, ref)
  const row = await lockJourney(tx, workspaceId, id)
  if (!row || row.status === 'archived')
    throw new AppError('not_found', 'There is no such journey.')
  return row
}
