/** Makes a person a member of a workspace, with a password that somebody gave. */
import type { Sql } from '../../db/db.ts'
import { AppError } from '../../errors.ts'
import { type Actor, audit } from '../audit/audit.ts'
import type { Role } from '../auth.ts'
import { findMember, insertMembership, insertPerson, type Member, type NewPerson } from './store.ts'

export interface MemberInput extends NewPerson {
  readonly role: Role
}

/**
 * `passwordHash` comes from `hashPassword`, or from an import. 409 when email or user name
 * sign in here already: such a person is invited instead, and proves who they are.
 */
export async function createMember(
  tx: Sql,
  workspaceId: string,
  input: MemberInput,
  { actor, now }: { actor: Actor; now: Date },
): Promise<Member> {
  const id = await insertPerson(tx, input, now)
  if (!id) {
    throw new AppError(
      'conflict',
      'This email or user name signs in here already. Invite the person, or choose another user name.',
    )
  }
  await insertMembership(tx, workspaceId, id, input.role, now)
  await audit(tx, workspaceId, {
    actor,
    at: now,
    action: 'member.created',
    target: id,
    details: { role: input.role },
  })
  return (await findMember(tx, workspaceId, id))!
}
