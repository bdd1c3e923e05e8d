/** Ends sessions: one's own, or another one of the same person. */
import { type Db, inWorkspace, type Sql } from '../../db/db.ts'
import { AppError } from '../../errors.ts'
import { type Actor, audit } from '../audit/audit.ts'
import type { Auth } from '../auth.ts'
import { requireMember } from './session.ts'
import { deleteSession } from './sessions.store.ts'

/** Keys have nothing to end: 403. */
export function logout(db: Db, auth: Auth, actor: Actor): Promise<void> {
  const { memberId, sessionHash } = requireMember(auth)
  return inWorkspace(db, auth.workspaceId, async (tx) => {
    await deleteSession(tx, memberId, sessionHash)
    await audit(tx, auth.workspaceId, {
      actor,
      at: db.clock.now(),
      action: 'member.logged_out',
      target: memberId,
    })
  })
}

/** 404 when it is over already, or somebody else's. */
export async function revokeSession(
  tx: Sql,
  auth: Auth,
  id: string,
  { actor, now }: { actor: Actor; now: Date },
): Promise<void> {
  const { memberId } = requireMember(auth)
  if (!(await deleteSession(tx, memberId, id)))
    throw new AppError('not_found', 'There is no such session.')
  await audit(tx, auth.workspaceId, {
    actor,
    at: now,
    action: 'member.session_revoked',
    target: memberId,
  })
}
