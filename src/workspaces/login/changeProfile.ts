/** What people change about themselves. */
import type { Sql } from '../../db/db.ts'
import { AppError } from '../../errors.ts'
import { type Actor, audit } from '../audit/audit.ts'
import type { Auth } from '../auth.ts'
import { requireMember } from './session.ts'
import { moveSession } from './sessions.store.ts'
import { isUserNameTaken, listMemberships, updateProfile } from './store.ts'

export interface Profile {
  /** Undefined stays as it is, null goes. */
  readonly fullName: string | null | undefined
  readonly userName: string | null | undefined
}

export async function changeProfile(
  tx: Sql,
  auth: Auth,
  change: Profile,
  { actor, now }: { actor: Actor; now: Date },
): Promise<void> {
  const { memberId } = requireMember(auth)
  if (change.userName && (await isUserNameTaken(tx, memberId, change.userName))) {
    throw new AppError('conflict', 'This user name is taken. Choose another one.')
  }
  await updateProfile(tx, memberId, change)
  await audit(tx, auth.workspaceId, {
    actor,
    at: now,
    action: 'member.profile_changed',
    target: memberId,
  })
}

/** 404 for a workspace where the person may not sign in. */
export async function switchWorkspace(tx: Sql, auth: Auth, workspaceId: string): Promise<void> {
  const { memberId, sessionHash } = requireMember(auth)
  const memberships = await listMemberships(tx, memberId)
  if (!memberships.some((each) => each.workspaceId === workspaceId)) {
    throw new AppError('not_found', 'There is no such workspace.')
  }
  await moveSession(tx, sessionHash, workspaceId)
}
