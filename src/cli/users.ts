/** `beckon user …`: members of a workspace, by the operator. */
import { inWorkspace } from '../db/db.ts'
import { AppError, invalid } from '../errors.ts'
import { emailSyntax } from '../lib/email.ts'
import { audit, system } from '../workspaces/audit/audit.ts'
import { type Role, roles } from '../workspaces/auth.ts'
import { strictest } from '../workspaces/login/changePassword.ts'
import { checkPassword } from '../workspaces/login/checkPassword.ts'
import { hashPassword } from '../workspaces/login/password.ts'
import { findMemberByLogin, listMemberships } from '../workspaces/login/store.ts'
import { createMember } from '../workspaces/members/createMember.ts'
import { setPassword } from '../workspaces/members/resetPassword.ts'
import {
  countOwners,
  findMember,
  insertMembership,
  listMembers,
  type Member,
} from '../workspaces/members/store.ts'
import type { Workspace } from '../workspaces/store.ts'
import { table } from './output.ts'
import { type PasswordFlags, readPassword } from './prompt.ts'
import type { Tool } from './tool.ts'

const MAX_LISTED = 10_000

export interface NewUser extends PasswordFlags {
  readonly email: string
  readonly role?: string
  readonly name?: string
  readonly workspace?: string
}

/** Who signs in here already is made a member, and keeps name and password. */
export async function createUser(tool: Tool, options: NewUser): Promise<void> {
  const { db, out } = tool
  const email = options.email.trim()
  if (!emailSyntax(email)) throw invalid('/email', `${email} is not an email address.`)
  const workspace = await tool.workspace(options.workspace)
  const role = await roleFor(tool, workspace, options.role)
  const known = await findMemberByLogin(db.app, email)
  const member = known
    ? await addMember(tool, workspace, known.id, role)
    : await addPerson(tool, workspace, { ...options, email, role })
  out.result(view(member), () => `${member.email} is ${member.role} of ${workspace.slug}.`)
  if (known) out.note('They sign in here already and keep their password.')
}

/** The first one is the owner; after that it has to be said. */
async function roleFor({ db }: Tool, workspace: Workspace, given?: string): Promise<Role> {
  const role = roles.find((each) => each === given)
  if (role) return role
  if (given === undefined && (await countOwners(db.app, workspace.id)) === 0) return 'owner'
  throw invalid('/role', `Say which role they get by --role: ${roles.join(', ')}.`)
}

function addMember({ db }: Tool, { id, slug }: Workspace, memberId: string, role: Role) {
  const at = db.clock.now()
  return inWorkspace(db, id, async (tx) => {
    if (!(await insertMembership(tx, id, memberId, role, at)))
      throw new AppError('conflict', `They are a member of ${slug} already.`)
    const entry = { actor: system, at, action: 'member.joined', target: memberId }
    await audit(tx, id, { ...entry, details: { role } })
    return (await findMember(tx, id, memberId))!
  })
}

async function addPerson(
  { db, config }: Tool,
  { id }: Workspace,
  options: NewUser & { role: Role },
): Promise<Member> {
  const { email, role } = options
  const password = await readPassword(options)
  checkPassword(password, { role, email, serviceName: config.SERVICE_NAME })
  const passwordHash = await hashPassword(password)
  const person = { email, userName: null, fullName: options.name ?? null, createdBy: null }
  return inWorkspace(db, id, (tx) =>
    createMember(tx, id, { ...person, role, passwordHash }, { actor: system, now: db.clock.now() }),
  )
}

export async function listUsers(tool: Tool, options: { workspace?: string }): Promise<void> {
  const { id } = await tool.workspace(options.workspace)
  const members = await listMembers(tool.db.app, id, { limit: MAX_LISTED })
  tool.out.result(members.map(view), () =>
    table(
      ['email', 'role', 'active', 'two-factor', 'last login'],
      members.map((each) => [
        each.email,
        each.role,
        each.isActive ? 'yes' : 'no',
        each.twoFactor ? 'yes' : 'no',
        each.lastLogin?.toISOString() ?? 'never',
      ]),
    ),
  )
}

/** Ends all their sessions. */
export async function changeUserPassword(
  tool: Tool,
  options: PasswordFlags & { email: string },
): Promise<void> {
  const { db, config, out } = tool
  const member = await findMemberByLogin(db.app, options.email)
  if (!member) throw new AppError('not_found', `Nobody signs in as ${options.email}.`)
  const memberships = await listMemberships(db.app, member.id)
  const home = memberships[0]?.workspaceId ?? (await tool.workspace()).id
  const password = await readPassword(options)
  const role = strictest(memberships)
  checkPassword(password, { ...member, role, serviceName: config.SERVICE_NAME })
  const passwordHash = await hashPassword(password)
  await inWorkspace(db, home, (tx) =>
    setPassword(tx, home, member.id, passwordHash, { actor: system, now: db.clock.now() }),
  )
  out.result(
    { id: member.id, email: member.email },
    () => `${member.email} has a new password. All their sessions have ended.`,
  )
}

function view(row: Member) {
  return {
    id: row.id,
    email: row.email,
    full_name: row.fullName,
    role: row.role,
    is_active: row.isActive,
    two_factor: row.twoFactor,
    last_login: row.lastLogin?.toISOString() ?? null,
    created_at: row.createdAt.toISOString(),
  }
}
