/**
 * Takes an invitation. A new person chooses a password; one who signs in here already gives
 * the present one, because whoever made the link has seen it too.
 */
import { inWorkspace } from '../../db/db.ts'
import { AppError } from '../../errors.ts'
import type { Access, Client } from '../access.ts'
import { audit } from '../audit/audit.ts'
import type { Role } from '../auth.ts'
import { checkPassword } from '../login/checkPassword.ts'
import { enter } from '../login/login.ts'
import { hashPassword } from '../login/password.ts'
import type { OpenedSession } from '../login/session.ts'
import { findLoginMember, findMemberByLogin, type LoginMember } from '../login/store.ts'
import { verifyMember } from '../login/verifyLogin.ts'
import { readLink, spendLink } from './link.ts'
import { insertMembership, insertPerson } from './store.ts'

export interface AcceptanceInput {
  readonly token: string
  readonly password: string
  readonly code?: string | undefined
  readonly userName: string | null
  readonly fullName: string | null
}

interface Joined {
  readonly member: LoginMember
  readonly workspaceId: string
  readonly role: Role
}

/** The new member, signed in. */
export async function acceptInvitation(
  access: Access,
  input: AcceptanceInput,
  client: Client,
): Promise<Joined & { session: OpenedSession }> {
  const link = await readLink(access.db.app, 'invite', input.token, access.db.clock.now())
  const { email, role, workspaceId } = link
  if (email === null || role === null) throw new AppError('not_found')
  const known = await findMemberByLogin(access.db.app, email)
  const member = known ? await verifyMember(access, known.id, input, client) : undefined
  if (!member)
    checkPassword(input.password, {
      role,
      email,
      userName: input.userName,
      serviceName: access.config.SERVICE_NAME,
    })
  const passwordHash = member ? '' : await hashPassword(input.password)
  const person = {
    email,
    userName: input.userName,
    fullName: input.fullName,
    passwordHash,
    createdBy: link.createdBy,
  }
  const joined = await join(
    access,
    { member, person, role, workspaceId, token: input.token },
    client,
  )
  return {
    ...joined,
    session: await enter(access, joined.member, { workspaceId }, client, { remembered: false }),
  }
}

interface Joining {
  readonly member: LoginMember | undefined
  readonly person: Parameters<typeof insertPerson>[1]
  readonly role: Role
  readonly workspaceId: string
  readonly token: string
}

function join({ db }: Access, joining: Joining, client: Client): Promise<Joined> {
  const { workspaceId, role, token } = joining
  const now = db.clock.now()
  return inWorkspace(db, workspaceId, async (tx) => {
    await spendLink(tx, 'invite', token, now)
    const id = joining.member?.id ?? (await insertPerson(tx, joining.person, now))
    if (!id) throw new AppError('conflict', 'This user name is taken. Choose another one.')
    if (!(await insertMembership(tx, workspaceId, id, role, now))) {
      throw new AppError('conflict', 'You are a member of this workspace already. Sign in.')
    }
    const actor = { kind: 'session', id, ip: client.ip, requestId: client.requestId }
    await audit(tx, workspaceId, {
      actor,
      at: now,
      action: 'member.joined',
      target: id,
      details: { role },
    })
    return { member: (await findLoginMember(tx, id))!, workspaceId, role }
  })
}
