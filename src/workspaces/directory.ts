/** What the engine needs to know of a workspace at every message, kept for a moment. */

import type { Db } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { type Cache, createCache } from '../lib/cache.ts'
import { findWorkspaceFacts } from './facts/store.ts'
import type { Workspace } from './store.ts'

export interface WorkspaceFacts extends Omit<Workspace, 'createdAt'> {
  readonly pepper: Buffer
}

const TTL_MS = 2_000
const MAX_KEPT = 10_000 // workspaces

export interface WorkspaceDirectory {
  get(workspaceId: string): Promise<WorkspaceFacts>
  byNumber(number: number): Promise<WorkspaceFacts | undefined>
  forget(workspaceId: string): void
}

export function createWorkspaceDirectory(db: Db): WorkspaceDirectory {
  const byId = createCache({
    load: (id: string) => findWorkspaceFacts(db.engine, { id }),
    ttlMs: TTL_MS,
    max: MAX_KEPT,
  })
  const byNumber: Cache<WorkspaceFacts | undefined> = createCache({
    load: (number: string) => findWorkspaceFacts(db.engine, { number: Number(number) }),
    ttlMs: TTL_MS,
    max: MAX_KEPT,
  })
  return {
    async get(workspaceId) {
      const facts = await byId.get(workspaceId)
      if (!facts) throw new AppError('not_found', 'There is no such workspace.')
      return facts
    },
    byNumber: async (number) => byNumber.get(String(number)),
    forget: (workspaceId) => byId.forget(workspaceId),
  }
}
