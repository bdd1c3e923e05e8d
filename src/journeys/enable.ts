/**
 * Lets people enter a journey, or nobody any more. Pausing stops its runs where they are; they
 * go on when it is enabled again. Both are harmless when repeated.
 */
import type { TransactionSql } from 'postgres'
import { AppError } from '../errors.ts'
import { audit } from '../workspaces/audit/audit.ts'
import { changesOf } from '../workspaces/audit/changes.ts'
import { lockLive } from './change.ts'
import type { Authorship } from './create.ts'
import { deleteDraft } from './drafts/store.ts'
import { type CurrentJourney, getJourneyVersion } from './find.ts'
import { refreshInterests } from './interests.ts'
import { countLive } from './numbers.ts'
import { pauseMessages } from './pauseMessages.ts'
import { type JourneyStatus, markArchived, updateJourney } from './store.ts'

/** How a person's pause is told from one that the environment made. */
const BY_HAND = 'By hand'

export async function enableJourney(
  tx: TransactionSql,
  workspaceId: string,
  ref: string,
  authorship: Authorship,
): Promise<CurrentJourney> {
  const change = { ref, status: 'active', reason: null, action: 'journey.enabled' } as const
  return changeStatus(tx, workspaceId, change, authorship)
}

export async function pauseJourney(
  tx: TransactionSql,
  workspaceId: string,
  { ref, reason }: { ref: string; reason?: string | undefined },
  authorship: Authorship,
): Promise<CurrentJourney> {
  const words = reason === undefined ? BY_HAND : `${BY_HAND}: ${reason}`
  const change = { ref, status: 'paused', reason: words, action: 'journey.paused' } as const
  return changeStatus(tx, workspaceId, change, authorship)
}

/** Takes a journey out of use. Its runs must have ended; what they did stays. */
export async function archiveJourney(
  tx: TransactionSql,
  workspaceId: string,
  ref: string,
  { actor, now }: Authorship,
): Promise<void> {
  const row = await lockLive(tx, workspaceId, ref)
  if (row.origin === 'environment')
    throw new AppError('conflict', 'This journey comes from the environment: unset its variables.')
  if (row.status === 'active') throw new AppError('conflict', 'Pause the journey first.')
  const live = await countLive(tx, workspaceId, row.id)
  if (live > 0)
    throw new AppError('conflict', `${live} of its runs have not ended. Cancel them first.`)
  await markArchived(tx, workspaceId, row.id, now)
  await deleteDraft(tx, workspaceId, row.id)
  await refreshInterests(tx, workspaceId)
  await audit(tx, workspaceId, { actor, at: now, action: 'journey.archived', target: row.id })
}

interface StatusChange {
  readonly ref: string
  readonly status: JourneyStatus
  readonly reason: string | null
  readonly action: string
}

async function changeStatus(
  tx: TransactionSql,
  workspaceId: string,
  { ref, status, reason, action }: StatusChange,
  { actor, now }: Authorship,
): Promise<CurrentJourney> {
  const row = await lockLive(tx, workspaceId, ref)
  const version = await getJourneyVersion(tx, workspaceId, row.id, row.version)
  if (row.status === status && row.statusReason === reason) return { row, version }
  const patch = { status, statusReason: reason }
  const changed = await updateJourney(tx, workspaceId, row.id, patch, now)
  await pauseMessages(tx, workspaceId, { id: row.id, from: row.status, to: status }, now)
  await refreshInterests(tx, workspaceId)
  const details = changesOf({ status: row.status }, { status })
  await audit(tx, workspaceId, { actor, at: now, action, target: row.id, details })
  return { row: changed ?? row, version }
}
