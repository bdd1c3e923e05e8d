/** Makes a workspace for somebody: it, its first API key, and its owner when a person asks. */
import type { Sql } from '../db/db.ts'
import type { Actor } from './audit/audit.ts'
import type { Auth } from './auth.ts'
import { createWorkspace, type WorkspaceHook } from './createWorkspace.ts'
import { type CreatedKey, createKey } from './keys/createKey.ts'
import { insertMembership } from './members/store.ts'
import type { NewWorkspace, Workspace } from './store.ts'

interface Opening {
  readonly auth: Auth
  readonly actor: Actor
  readonly now: Date
  readonly hooks: readonly WorkspaceHook[]
}

/** The key may do what the asker may. */
export async function openWorkspace(
  tx: Sql,
  input: NewWorkspace,
  { auth, actor, now, hooks }: Opening,
): Promise<{ workspace: Workspace; key: CreatedKey }> {
  let key: CreatedKey | undefined
  const first: WorkspaceHook = async (inside, { id }) => {
    if (auth.memberId !== null) await insertMembership(inside, id, auth.memberId, 'owner', now)
    const wanted = { name: 'First key', scopes: [...auth.scopes], expiresAt: null }
    key = await createKey(inside, id, wanted, { actor, memberId: auth.memberId, now })
  }
  const workspace = await createWorkspace(tx, input, now, { actor, hooks: [first, ...hooks] })
  return { workspace, key: key! } // made by the hook
}
