/** A signed-in person takes another password. All their other sessions end. */
import { inWorkspace } from '../../db/db.ts'
import { invalid } from '../../errors.ts'
import type { Access, Client } from '../access.ts'
import { audit } from '../audit/audit.ts'
import type { Auth, Role } from '../auth.ts'
import { checkPassword } from './checkPassword.ts'
import { hashPassword } from './password.ts'
import { requireMember } from './session.ts'
import { deleteSessionsOf } from './sessions.store.ts'
import { listMemberships, setPasswordHash } from './store.ts'
import { type Credentials, verifyMember } from './verifyLogin.ts'

/** `pointer` is the new password's field, for the 422. */
export async function changePassword(
  access: Access,
  auth: Auth,
  { current, next, pointer }: { current: Credentials; next: string; pointer: string },
  client: Client,
): Promise<void> {
  const { memberId, sessionHash } = requireMember(auth)
  const member = await verifyMember(access, memberId, current, client)
  const role = strictest(await listMemberships(access.db.app, memberId))
  checkPassword(next, { ...member, role, serviceName: access.config.SERVICE_NAME }, pointer)
  if (next === current.password)
    throw invalid(pointer, 'This is the password you have. Choose another one.')
  const passwordHash = await hashPassword(next)
  const now = access.db.clock.now()
  await inWorkspace(access.db, auth.workspaceId, async (tx) => {
    await setPasswordHash(tx, memberId, passwordHash)
    await deleteSessionsOf(tx, memberId, sessionHash)
    const actor = { kind: auth.kind, id: memberId, ip: client.ip, requestId: client.requestId }
    await audit(tx, auth.workspaceId, {
      actor,
      at: now,
      action: 'member.password_changed',
      target: memberId,
    })
  })
}

/** A password must be good enough for everything it opens. */
export function strictest(memberships: readonly { role: Role }[]): Role {
  return memberships.find(({ role }) => role !== 'client')?.role ?? 'client'
}
