/**
 * Takes a template out of use. Its versions stay, for messages that were accepted with them;
 * its name is free again. What nobody published goes with it.
 */
import type { Sql } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { audit } from '../workspaces/audit/audit.ts'
import type { Authorship } from './createTemplate.ts'
import { deleteDraft } from './draft.store.ts'
import { getTemplate } from './find.ts'
import { markArchived } from './store.ts'

export async function archiveTemplate(
  tx: Sql,
  workspaceId: string,
  ref: string,
  { actor, now }: Authorship,
): Promise<void> {
  const { id } = await getTemplate(tx, workspaceId, ref)
  if (!(await markArchived(tx, workspaceId, id, now))) {
    throw new AppError('not_found', 'There is no such template.')
  }
  await deleteDraft(tx, workspaceId, id)
  await audit(tx, workspaceId, { actor, at: now, action: 'template.archived', target: id })
}
