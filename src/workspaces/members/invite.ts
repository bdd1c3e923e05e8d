/** Invites a person: a link that somebody passes on. Whether the email is known here is not told. */
import type { Sql } from '../../db/db.ts'
import { audit } from '../audit/audit.ts'
import type { Role } from '../auth.ts'
import type { ChangeContext } from './changeMember.ts'
import { makeLink, type NewLink } from './link.ts'
import { noteTakenBack } from './takeBack.ts'

/** Earlier ones for the same email are taken back: 403 for who may not do that. */
export async function invite(
  tx: Sql,
  workspaceId: string,
  invitation: { email: string; role: Role },
  context: ChangeContext & { publicUrl: string },
): Promise<NewLink> {
  const { publicUrl, auth, actor, now } = context
  const link = { ...invitation, workspaceId, memberId: null, createdBy: auth.memberId }
  const made = await makeLink(tx, publicUrl, 'invite', link, now)
  for (const { id, role } of made.replaced)
    if (role) await noteTakenBack(tx, workspaceId, { id, role }, context)
  await audit(tx, workspaceId, {
    actor,
    at: now,
    action: 'member.invited',
    target: made.id,
    details: { role: invitation.role },
  })
  return made
}
