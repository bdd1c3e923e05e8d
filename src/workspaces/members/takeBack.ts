/** Takes an invitation back: its link opens nothing any more, and says so. */
import type { Sql } from '../../db/db.ts'
import { AppError } from '../../errors.ts'
import { audit } from '../audit/audit.ts'
import type { Role } from '../auth.ts'
import { type ChangeContext, requireMayGrant } from './changeMember.ts'
import { markTakenBack } from './invitations.store.ts'

export async function takeBack(
  tx: Sql,
  workspaceId: string,
  id: string,
  context: ChangeContext,
): Promise<void> {
  const role = await markTakenBack(tx, workspaceId, id, context.now)
  if (!role) throw new AppError('not_found', 'There is no such open invitation in this workspace.')
  await noteTakenBack(tx, workspaceId, { id, role }, context)
}

/** 403, which undoes it, for who could not have given it. */
export async function noteTakenBack(
  tx: Sql,
  workspaceId: string,
  { id, role }: { id: string; role: Role },
  { auth, actor, now }: ChangeContext,
): Promise<void> {
  requireMayGrant(auth, role)
  await audit(tx, workspaceId, {
    actor,
    at: now,
    action: 'member.invitation_taken_back',
    target: id,
    details: { role },
  })
}
