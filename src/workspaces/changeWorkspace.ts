/** Changes a workspace's name and defaults. The slug stays: it stands in people's settings. */
import type { Sql } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { type Actor, audit, type Details } from './audit/audit.ts'
import { changesOf } from './audit/changes.ts'
import type { Auth } from './auth.ts'
import { listMemberships } from './login/store.ts'
import {
  enterWorkspace,
  findWorkspaceById,
  updateWorkspace,
  type Workspace,
  type WorkspaceChange,
} from './store.ts'

/** 404 for a workspace that is not the asker's to manage. */
export async function changeWorkspace(
  tx: Sql,
  auth: Auth,
  id: string,
  change: WorkspaceChange,
  context: Context,
): Promise<Workspace> {
  const before = await getManaged(tx, auth, id)
  const workspace = await updateWorkspace(tx, id, change)
  if (!workspace) throw noSuchWorkspace() // removed meanwhile
  const details = {
    fields: Object.keys(change).map(snakeCase),
    ...changesOf(factsOf(before), factsOf(workspace)),
  }
  await auditChange(tx, id, details, context)
  return workspace
}

/** As the API calls it. */
const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const factsOf = (facts: Workspace) =>
  Object.fromEntries(Object.entries(facts).map(([name, value]) => [snakeCase(name), value]))

const noSuchWorkspace = () => new AppError('not_found', 'There is no such workspace.')

interface Context {
  readonly actor: Actor
  readonly now: Date
}

/** In that workspace's own log, which need not be the asker's. */
export async function auditChange(
  tx: Sql,
  id: string,
  details: Details,
  { actor, now }: Context,
): Promise<void> {
  const before = await enterWorkspace(tx, id)
  await audit(tx, id, { actor, at: now, action: 'workspace.changed', target: id, details })
  await enterWorkspace(tx, before)
}

/** Any for the operator; their own for keys; those they own for people. */
export async function getManaged(sql: Sql, auth: Auth, id: string): Promise<Workspace> {
  const workspace = (await manages(sql, auth, id)) ? await findWorkspaceById(sql, id) : undefined
  if (!workspace) throw noSuchWorkspace()
  return workspace
}

async function manages(sql: Sql, auth: Auth, id: string): Promise<boolean> {
  if (auth.kind === 'instance' || auth.workspaceId === id) return true
  if (auth.memberId === null) return false
  const memberships = await listMemberships(sql, auth.memberId)
  return memberships.some((each) => each.workspaceId === id && each.role === 'owner')
}
