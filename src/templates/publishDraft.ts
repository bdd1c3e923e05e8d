/** Makes the draft of a template the version that messages use. Its content must have passed checkContents. */
import type { Sql } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { actorName } from '../workspaces/actorName.store.ts'
import { changeLocked } from './changeTemplate.ts'
import type { Authorship } from './createTemplate.ts'
import { deleteDraft, findDraft } from './draft.store.ts'
import { getVersion, lockForChange } from './find.ts'
import { assertDraftSeen } from './saveDraft.ts'
import type { Publication, TemplateView } from './schema.ts'

/** `checked`: the revision of the draft whose content was. `seen`: the one that the caller knows; null: any. */
export async function publishDraft(
  tx: Sql,
  workspaceId: string,
  { ref, seen, checked, note }: Publication & { ref: string; seen: number | null; checked: number },
  authorship: Authorship,
): Promise<TemplateView> {
  const row = await lockForChange(tx, workspaceId, ref)
  const draft = await findDraft(tx, workspaceId, row.id)
  for (const known of [seen, checked])
    await assertDraftSeen(tx, workspaceId, { seen: known, draft })
  if (!draft) throw new AppError('not_found', 'The template has no draft.')
  const current = await getVersion(tx, workspaceId, row.id, row.version)
  if (draft.basedOn !== row.version) {
    const whose = (await actorName(tx, workspaceId, current.createdBy)) ?? 'somebody'
    throw new AppError(
      'outdated',
      `Version ${row.version} was made by ${whose} meanwhile. Look at it, then save the draft with based_on ${row.version}, or throw it away.`,
    )
  }
  await deleteDraft(tx, workspaceId, row.id)
  const change = { locales: draft.contents, ...(note === undefined ? {} : { note }) }
  return changeLocked(tx, workspaceId, { row, current, change }, authorship)
}
