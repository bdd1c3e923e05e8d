/**
 * Changes what a member may do in a workspace, or ends it. Their sessions there end in the
 * same transaction. A workspace keeps an owner, always.
 */
import type { Sql } from '../../db/db.ts'
import { AppError } from '../../errors.ts'
import { type Actor, audit } from '../audit/audit.ts'
import { changesOf } from '../audit/changes.ts'
import { type Auth, type Role, scopesOfRole } from '../auth.ts'
import { deleteSessionsIn } from '../login/sessions.store.ts'
import { lockWorkspace } from '../store.ts'
import {
  countOwners,
  deleteMembership,
  findMember,
  type Member,
  updateMembership,
} from './store.ts'

export interface ChangeContext {
  readonly auth: Auth
  readonly actor: Actor
  readonly now: Date
}

/** Nobody gives more than they have. */
export function requireMayGrant(auth: Auth, role: Role): void {
  if (scopesOfRole[role].every((scope) => auth.scopes.has(scope))) return
  throw new AppError(
    'forbidden',
    `Only who may do all that the role ${role} may can give it or take it away.`,
  )
}

export async function changeMember(
  tx: Sql,
  workspaceId: string,
  id: string,
  change: { role?: Role | undefined; isActive?: boolean | undefined },
  context: ChangeContext,
): Promise<Member> {
  const before = await lockMember(tx, workspaceId, id, context.auth)
  const after = { role: change.role ?? before.role, isActive: change.isActive ?? before.isActive }
  requireMayGrant(context.auth, after.role)
  await updateMembership(tx, workspaceId, id, after)
  if (before.role === 'owner') await requireOwner(tx, workspaceId)
  await deleteSessionsIn(tx, workspaceId, id)
  const { actor, now } = context
  const details = changesOf(
    { role: before.role, is_active: before.isActive },
    { role: after.role, is_active: after.isActive },
  )
  await audit(tx, workspaceId, { actor, at: now, action: 'member.changed', target: id, details })
  return { ...before, ...after }
}

/** The person stays known, with what they did, and in their other workspaces. */
export async function removeMember(
  tx: Sql,
  workspaceId: string,
  id: string,
  context: ChangeContext,
): Promise<void> {
  const before = await lockMember(tx, workspaceId, id, context.auth)
  await deleteMembership(tx, workspaceId, id)
  if (before.role === 'owner') await requireOwner(tx, workspaceId)
  await deleteSessionsIn(tx, workspaceId, id)
  const { actor, now } = context
  await audit(tx, workspaceId, {
    actor,
    at: now,
    action: 'member.removed',
    target: id,
    details: { role: before.role },
  })
}

export async function getMember(sql: Sql, workspaceId: string, id: string): Promise<Member> {
  const member = await findMember(sql, workspaceId, id)
  if (!member) throw new AppError('not_found', 'There is no such member in this workspace.')
  return member
}

async function lockMember(tx: Sql, workspaceId: string, id: string, auth: Auth): Promise<Member> {
  await lockWorkspace(tx, workspaceId)
  const member = await getMember(tx, workspaceId, id)
  requireMayGrant(auth, member.role)
  return member
}

async function requireOwner(tx: Sql, workspaceId: string): Promise<void> {
  if ((await countOwners(tx, workspaceId)) > 0) return
  throw new AppError(
    'conflict',
    'A workspace needs an owner who can sign in. Make somebody else an owner first.',
  )
}
