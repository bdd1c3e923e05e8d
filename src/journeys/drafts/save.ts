/** Keeps what somebody has written of a journey so far, right or wrong. */
import { isDeepStrictEqual } from 'node:util'
import type { TransactionSql } from 'postgres'
import { AppError, invalid } from '../../errors.ts'
import { assertDraftUnchanged } from '../../http/ifMatch.ts'
import { uuid7 } from '../../lib/uuid7.ts'
import { audit } from '../../workspaces/audit/audit.ts'
import { assertOurs } from '../change.ts'
import type { Authorship } from '../create.ts'
import { getPlace } from './find.ts'
import type { DraftDocument } from './schema.ts'
import { type DraftRow, deleteDraft, findDraft, lockDraft, putDraft } from './store.ts'

export async function beginDraft(
  tx: TransactionSql,
  workspaceId: string,
  document: DraftDocument,
  authorship: Authorship,
): Promise<DraftRow> {
  const draft = { id: uuid7(), revision: 1, basedOn: 0, definition: document }
  return keep(tx, workspaceId, draft, authorship)
}

export interface DraftSave {
  readonly ref: string
  readonly document: DraftDocument
  readonly basedOn: number | undefined
  /** The revision that was looked at; 0: there was none. Null: whatever is there is written over. */
  readonly seen: number | null
}

export async function saveDraft(
  tx: TransactionSql,
  workspaceId: string,
  { ref, document, basedOn: given, seen }: DraftSave,
  authorship: Authorship,
): Promise<DraftRow> {
  const { id } = await getPlace(tx, workspaceId, ref)
  await lockDraft(tx, workspaceId, id)
  const { journey, draft } = await getPlace(tx, workspaceId, id)
  if (journey) assertOurs(journey)
  const version = journey?.version ?? 0
  const basedOn = given ?? draft?.basedOn ?? version
  if (basedOn > version) throw invalid('/based_on', `The journey has no version ${basedOn}.`)
  if (draft?.basedOn === basedOn && isDeepStrictEqual(draft.definition, document)) return draft
  assertDraftSeen(seen, draft)
  const revision = (draft?.revision ?? journey?.drafts ?? 0) + 1
  return keep(tx, workspaceId, { id, revision, basedOn, definition: document }, authorship)
}

async function keep(
  tx: TransactionSql,
  workspaceId: string,
  draft: Pick<DraftRow, 'id' | 'revision' | 'basedOn' | 'definition'>,
  { actor, now }: Authorship,
): Promise<DraftRow> {
  await putDraft(tx, workspaceId, { ...draft, savedBy: actor.id }, now)
  const kept = await findDraft(tx, workspaceId, draft.id)
  if (!kept) throw new AppError('internal')
  return kept
}

export const assertDraftSeen = (seen: number | null, draft: DraftRow | undefined): void =>
  assertDraftUnchanged(seen, draft && { revision: draft.revision, by: draft.savedByName })

/** The journey stays as it is published. Answers without a complaint when it has no draft. */
export async function dropDraft(
  tx: TransactionSql,
  workspaceId: string,
  { ref, seen }: { ref: string; seen: number | null },
  { actor, now }: Authorship,
): Promise<void> {
  const { id } = await getPlace(tx, workspaceId, ref)
  await lockDraft(tx, workspaceId, id)
  const draft = await findDraft(tx, workspaceId, id)
  if (!draft) return
  assertDraftSeen(seen, draft)
  await deleteDraft(tx, workspaceId, id)
  await audit(tx, workspaceId, { actor, at: now, action: 'journey.draft_dropped', target: id })
}
