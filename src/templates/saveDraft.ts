/**
 * Keeps what is written of a template until it is published or thrown away. There is one draft, and who
 * writes over another's save is told so. Messages know nothing of drafts.
 *
 *   none ── saveDraft ──► draft ── saveDraft ──► draft ── publishDraft ──► a version, none
 *                                                      └─ dropDraft ─────► none
 */
import { isDeepStrictEqual } from 'node:util'
import type { Sql } from '../db/db.ts'
import { AppError, invalid } from '../errors.ts'
import { assertDraftUnchanged } from '../http/ifMatch.ts'
import { actorName } from '../workspaces/actorName.store.ts'
import { audit } from '../workspaces/audit/audit.ts'
import { givenContents, localeOf } from './contents.ts'
import type { Authorship } from './createTemplate.ts'
import { type DraftRow, deleteDraft, findDraft, putDraft } from './draft.store.ts'
import { getTemplate, lockForChange } from './find.ts'
import type { DraftChange } from './schema.ts'

/** `seen`: the revision that the caller knows, 0 for none; null when it does not mind. The same again changes nothing. */
export async function saveDraft(
  tx: Sql,
  workspaceId: string,
  { ref, change, seen }: { ref: string; change: DraftChange; seen: number | null },
  { actor, now }: Authorship,
): Promise<DraftRow> {
  const row = await lockForChange(tx, workspaceId, ref)
  const draft = await findDraft(tx, workspaceId, row.id)
  const basedOn = change.based_on ?? draft?.basedOn ?? row.version
  if (basedOn > row.version) throw invalid('/based_on', `The template has no version ${basedOn}.`)
  const given = givenContents(change, '') // refuses a language that is there in two spellings
  const contents = Object.fromEntries(
    [...given].map(([locale, { content }]) => [localeOf(locale), content]),
  )
  if (draft?.basedOn === basedOn && isDeepStrictEqual(draft.contents, contents)) return draft
  await assertDraftSeen(tx, workspaceId, { seen, draft })
  const saved = { templateId: row.id, basedOn, contents, savedBy: actor.id, updatedAt: now }
  return putDraft(tx, workspaceId, saved)
}

/** Answers without a complaint when there is none. */
export async function dropDraft(
  tx: Sql,
  workspaceId: string,
  { ref, seen }: { ref: string; seen: number | null },
  { actor, now }: Authorship,
): Promise<void> {
  const row = await lockForChange(tx, workspaceId, ref)
  const draft = await findDraft(tx, workspaceId, row.id)
  if (!draft) return
  await assertDraftSeen(tx, workspaceId, { seen, draft })
  await deleteDraft(tx, workspaceId, row.id)
  await audit(tx, workspaceId, { actor, at: now, action: 'template.draft_dropped', target: row.id })
}

/** Raises `not_found` when there is none. */
export async function getDraft(tx: Sql, workspaceId: string, ref: string): Promise<DraftRow> {
  const { id } = await getTemplate(tx, workspaceId, ref)
  const draft = await findDraft(tx, workspaceId, id)
  if (!draft) throw new AppError('not_found', 'The template has no draft.')
  return draft
}

export async function assertDraftSeen(
  tx: Sql,
  workspaceId: string,
  { seen, draft }: { seen: number | null; draft: DraftRow | undefined },
): Promise<void> {
  if (seen === null || seen === (draft?.revision ?? 0)) return
  const by = draft ? await actorName(tx, workspaceId, draft.savedBy) : null
  assertDraftUnchanged(seen, draft && { revision: draft.revision, by })
}
