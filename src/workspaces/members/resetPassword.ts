/** A new password by a one-time link, which an administrator makes and passes on. */
import { inWorkspace, type Sql } from '../../db/db.ts'
import { AppError } from '../../errors.ts'
import type { Access, Client } from '../access.ts'
import { audit } from '../audit/audit.ts'
import { strictest } from '../login/changePassword.ts'
import { checkPassword } from '../login/checkPassword.ts'
import { hashPassword } from '../login/password.ts'
import { deleteSessionsOf } from '../login/sessions.store.ts'
import { findLoginMember, listMemberships, setPasswordHash } from '../login/store.ts'
import { type ChangeContext, getMember, requireMayGrant } from './changeMember.ts'
import { makeLink, type NewLink, readLink, spendLink } from './link.ts'
import { isElsewhere } from './store.ts'

/** 409 for members of several workspaces: who has the link could enter the others. */
export async function createResetLink(
  tx: Sql,
  workspaceId: string,
  id: string,
  { publicUrl, auth, actor, now }: ChangeContext & { publicUrl: string },
): Promise<NewLink> {
  const member = await getMember(tx, workspaceId, id)
  requireMayGrant(auth, member.role)
  await requireNowhereElse(tx, workspaceId, id)
  const link = { workspaceId, memberId: id, role: null, email: null, createdBy: auth.memberId }
  const made = await makeLink(tx, publicUrl, 'reset', link, now)
  await audit(tx, workspaceId, { actor, at: now, action: 'member.reset_requested', target: id })
  return made
}

/** Ends all sessions. A second factor stays as it was. */
export async function resetPassword(
  access: Access,
  token: string,
  password: string,
  client: Client,
): Promise<void> {
  const { db } = access
  const now = db.clock.now()
  const { workspaceId, memberId } = await readLink(db.app, 'reset', token, now)
  const member = memberId && (await findLoginMember(db.app, memberId))
  if (!member) throw new AppError('not_found')
  const role = strictest(await listMemberships(db.app, member.id))
  checkPassword(password, { ...member, role, serviceName: access.config.SERVICE_NAME })
  const passwordHash = await hashPassword(password)
  const actor = { kind: 'session', id: member.id, ip: client.ip, requestId: client.requestId }
  await inWorkspace(db, workspaceId, async (tx) => {
    await spendLink(tx, 'reset', token, now)
    await requireNowhereElse(tx, workspaceId, member.id)
    await setPassword(tx, workspaceId, member.id, passwordHash, { actor, now })
  })
}

/** For the command line too. `passwordHash` comes from `hashPassword`. */
export async function setPassword(
  tx: Sql,
  workspaceId: string,
  memberId: string,
  passwordHash: string,
  { actor, now }: Pick<ChangeContext, 'actor' | 'now'>,
): Promise<void> {
  await setPasswordHash(tx, memberId, passwordHash)
  await deleteSessionsOf(tx, memberId)
  await audit(tx, workspaceId, {
    actor,
    at: now,
    action: 'member.password_reset',
    target: memberId,
  })
}

async function requireNowhereElse(tx: Sql, workspaceId: string, memberId: string): Promise<void> {
  if (!(await isElsewhere(tx, workspaceId, memberId))) return
  throw new AppError(
    'conflict',
    'This person is a member of other workspaces too. Reset the password on the command line.',
  )
}
