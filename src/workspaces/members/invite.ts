/** Invites a person: a link that somebody passes on. Whether the email is known here is not told. */
import type { Sql } from '../../db/db.ts'
import { type Actor, audit } from '../audit/audit.ts'
import type { Role } from '../auth.ts'
import { makeLink, type NewLink } from './link.ts'

export async function invite(
  tx: Sql,
  workspaceId: string,
  invitation: { email: string; role: Role },
  context: { publicUrl: string; actor: Actor; memberId: string | null; now: Date },
): Promise<NewLink> {
  const { publicUrl, actor, now } = context
  const link = { ...invitation, workspaceId, memberId: null, createdBy: context.memberId }
  const made = await makeLink(tx, publicUrl, 'invite', link, now)
  await audit(tx, workspaceId, {
    actor,
    at: now,
    action: 'member.invited',
    target: made.id,
    details: { role: invitation.role },
  })
  return made
}
