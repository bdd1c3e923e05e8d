/** The first owner: by a one-time link that the start prints, or from the environment. */
import type { Config } from '../../config.ts'
import { type Db, inWorkspace } from '../../db/db.ts'
import { AppError } from '../../errors.ts'
import type { Access, Client } from '../access.ts'
import { system } from '../audit/audit.ts'
import { checkPassword } from '../login/checkPassword.ts'
import { enter } from '../login/login.ts'
import { hashPassword } from '../login/password.ts'
import type { OpenedSession } from '../login/session.ts'
import { findLoginMember, type LoginMember } from '../login/store.ts'
import { lockWorkspace } from '../store.ts'
import { createMember } from './createMember.ts'
import { makeLink, type NewLink, readLink, spendLink } from './link.ts'
import { countOwners } from './store.ts'

/** A link that creates the owner; null when the workspace has one. */
export function createSetupLink(
  db: Db,
  config: Pick<Config, 'PUBLIC_URL'>,
  workspaceId: string,
): Promise<NewLink | null> {
  const now = db.clock.now()
  return inWorkspace(db, workspaceId, async (tx) => {
    await lockWorkspace(tx, workspaceId)
    if ((await countOwners(tx, workspaceId)) > 0) return null
    const link = {
      workspaceId,
      memberId: null,
      role: 'owner',
      email: null,
      createdBy: null,
    } as const
    return makeLink(tx, config.PUBLIC_URL, 'setup', link, now)
  })
}

export interface OwnerInput {
  readonly token: string
  readonly email: string
  readonly password: string
  readonly fullName: string | null
}

/** The owner, signed in. 409 when somebody was quicker. */
export async function setupOwner(
  access: Access,
  input: OwnerInput,
  client: Client,
): Promise<{ member: LoginMember; workspaceId: string; session: OpenedSession }> {
  const { db } = access
  const now = db.clock.now()
  const { workspaceId } = await readLink(db.app, 'setup', input.token, now)
  checkPassword(input.password, {
    role: 'owner',
    email: input.email,
    serviceName: access.config.SERVICE_NAME,
  })
  const passwordHash = await hashPassword(input.password)
  const member = await inWorkspace(db, workspaceId, async (tx) => {
    await lockWorkspace(tx, workspaceId)
    if ((await countOwners(tx, workspaceId)) > 0)
      throw new AppError('conflict', 'There is an owner already. Sign in.')
    await spendLink(tx, 'setup', input.token, now)
    const actor = { ...system, ip: client.ip, requestId: client.requestId }
    const person = {
      email: input.email,
      userName: null,
      fullName: input.fullName,
      passwordHash,
      createdBy: null,
    }
    const { id } = await createMember(tx, workspaceId, { ...person, role: 'owner' }, { actor, now })
    return (await findLoginMember(tx, id))!
  })
  return {
    member,
    workspaceId,
    session: await enter(access, member, { workspaceId }, client, { remembered: false }),
  }
}

/** ADMIN_EMAIL and ADMIN_PASSWORD, for a workspace without an owner. True when it has one now. */
export async function ensureOwner(
  db: Db,
  config: Pick<Config, 'ADMIN_EMAIL' | 'ADMIN_PASSWORD'>,
  workspaceId: string,
): Promise<boolean> {
  if ((await countOwners(db.app, workspaceId)) > 0) return true
  const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = config
  if (!email || !password) return false
  const passwordHash = await hashPassword(password)
  const now = db.clock.now()
  await inWorkspace(db, workspaceId, async (tx) => {
    await lockWorkspace(tx, workspaceId)
    if ((await countOwners(tx, workspaceId)) > 0) return // made by another process meanwhile
    const person = { email, userName: null, fullName: null, passwordHash, createdBy: null }
    await createMember(tx, workspaceId, { ...person, role: 'owner' }, { actor: system, now })
  })
  return true
}
