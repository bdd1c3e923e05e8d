/** Changes a workspace's name and defaults. The slug stays: it stands in people's settings. */
import type { Sql } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { type Actor, audit } from './audit/audit.ts'
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
  { actor, now }: { actor: Actor; now: Date },
): Promise<Workspace> {
  await getManaged(tx, auth, id)
  const workspace = (await updateWorkspace(tx, id, change))! // workspaces are not deleted
  const before = await enterWorkspace(tx, id)
  await audit(tx, id, {
    actor,
    at: now,
    action: 'workspace.changed',
    target: id,
    details: { fields: Object.keys(change) },
  })
  await enterWorkspace(tx, before)
  return workspace
}

/** Any for the operator; their own for keys; those they own for people. */
export async function getManaged(sql: Sql, auth: Auth, id: string): Promise<Workspace> {
  const workspace = (await manages(sql, auth, id)) ? await findWorkspaceById(sql, id) : undefined
  if (!workspace) throw new AppError('not_found', 'There is no such workspace.')
  return workspace
}

async function manages(sql: Sql, auth: Auth, id: string): Promise<boolean> {
  if (auth.kind === 'instance' || auth.workspaceId === id) return true
  if (auth.memberId === null) return false
  const memberships = await listMemberships(sql, auth.memberId)
  return memberships.some((each) => each.workspaceId === id && each.role === 'owner')
}
