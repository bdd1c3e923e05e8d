/** Signs a person in: from credentials to a session. */
import { inWorkspace } from '../../db/db.ts'
import { AppError } from '../../errors.ts'
import type { Access, Client } from '../access.ts'
import { audit } from '../audit/audit.ts'
import { type OpenedSession, openSession } from './session.ts'
import { type LoginMember, listMemberships, type Membership, markLoggedIn } from './store.ts'
import { type Credentials, verifyLogin } from './verifyLogin.ts'

export interface LoginInput extends Credentials {
  /** Email or user name. */
  readonly login: string
  readonly remember: boolean
  /** Id or slug; absent: the member's first. */
  readonly workspace?: string | undefined
}

export interface LoggedIn {
  readonly member: LoginMember
  readonly membership: Membership
  readonly session: OpenedSession
}

export async function login(
  access: Access,
  input: LoginInput,
  client: Client,
  lifeMs?: number,
): Promise<LoggedIn> {
  const member = await verifyLogin(access, input.login, input, client)
  const memberships = await listMemberships(access.db.app, member.id)
  const { workspace } = input
  const membership = workspace
    ? memberships.find((each) => each.workspaceId === workspace || each.slug === workspace)
    : memberships[0]
  if (!membership)
    throw new AppError(
      'forbidden',
      'You may not sign in here any more. Ask an owner to let you in again.',
    )
  const session = await enter(access, member, membership, client, {
    remembered: input.remember,
    ...(lifeMs ? { lifeMs } : {}),
  })
  return { member, membership, session }
}

/** Opens the session of somebody who has proved who they are. */
export function enter(
  access: Access,
  member: Pick<LoginMember, 'id' | 'passwordHash'>,
  membership: Pick<Membership, 'workspaceId'>,
  client: Client,
  options: { remembered: boolean; lifeMs?: number },
): Promise<OpenedSession> {
  const now = access.db.clock.now()
  const { workspaceId } = membership
  return inWorkspace(access.db, workspaceId, async (tx) => {
    // First, because it orders us and a change of password: either that ends our session, or there is none.
    if (!(await markLoggedIn(tx, member.id, member.passwordHash, now)))
      throw new AppError('unauthenticated')
    const session = await openSession(
      tx,
      { memberId: member.id, workspaceId, ...options },
      client,
      now,
    )
    const actor = { kind: 'session', id: member.id, ip: client.ip, requestId: client.requestId }
    await audit(tx, workspaceId, { actor, at: now, action: 'member.logged_in', target: member.id })
    return session
  })
}
