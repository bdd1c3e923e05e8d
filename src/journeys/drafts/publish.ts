/**
 * Makes a draft the version that people enter from then on, or a new journey. The draft must have passed
 * validation in just this revision, and the journey be the one that it was begun with: what somebody
 * else published meanwhile is not written over unseen.
 */
import type { TransactionSql } from 'postgres'
import { AppError } from '../../errors.ts'
import { actorName } from '../../workspaces/actorName.store.ts'
import { lockForChange, putDocument } from '../change.ts'
import { type Authorship, createJourney } from '../create.ts'
import { type CurrentJourney, getJourneyVersion } from '../find.ts'
import type { JourneyDocument } from '../schema.ts'
import { findJourney } from '../store.ts'
import { noDraft } from './find.ts'
import { assertDraftSeen } from './save.ts'
import { type DraftRow, deleteDraft, findDraft, lockDraft } from './store.ts'

export async function publishDraft(
  tx: TransactionSql,
  workspaceId: string,
  { draft: checked, document }: { draft: DraftRow; document: JourneyDocument },
  authorship: Authorship,
): Promise<CurrentJourney> {
  const { id } = checked
  await lockDraft(tx, workspaceId, id)
  const draft = await findDraft(tx, workspaceId, id)
  if (!draft) throw noDraft()
  assertDraftSeen(checked.revision, draft)
  const published = (await findJourney(tx, workspaceId, id))
    ? await overJourney(tx, workspaceId, { draft, document }, authorship)
    : await createJourney(tx, workspaceId, document, authorship, { id })
  await deleteDraft(tx, workspaceId, id)
  return published
}

async function overJourney(
  tx: TransactionSql,
  workspaceId: string,
  { draft, document }: { draft: DraftRow; document: JourneyDocument },
  authorship: Authorship,
): Promise<CurrentJourney> {
  const row = await lockForChange(tx, workspaceId, draft.id)
  if (row.version !== draft.basedOn) {
    const { createdBy } = await getJourneyVersion(tx, workspaceId, row.id, row.version)
    const by = (await actorName(tx, workspaceId, createdBy)) ?? 'somebody'
    throw new AppError(
      'outdated',
      `Version ${row.version} was published by ${by} meanwhile. Look at it, then save the draft with based_on ${row.version}, or drop it.`,
    )
  }
  return putDocument(tx, workspaceId, { row, document }, authorship)
}
