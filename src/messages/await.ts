/** Waits for what becomes of a message: told by our own engine at once, by others' within POLL_MS. */
import type { Db } from '../db/db.ts'
import { inWorkspace } from '../db/db.ts'
import type { Status } from './schema.ts'
import { findMessage, type MessageRow } from './store/read.ts'

const POLL_MS = 250
const PENDING: ReadonlySet<Status> = new Set(['scheduled', 'queued', 'held', 'sending'])

export interface Waiting {
  /** The row once it is no longer under way, or as it is after `timeoutMs`. */
  settled(workspaceId: string, id: string, timeoutMs: number): Promise<MessageRow | undefined>
  /** Called with what was settled here. */
  notify(ids: readonly string[]): void
}

export function createWaiting(db: Db): Waiting {
  const wakers = new Map<string, () => void>()
  return {
    async settled(workspaceId, id, timeoutMs) {
      const deadline = performance.now() + timeoutMs
      for (;;) {
        const told = new Promise<void>((resolve) => {
          wakers.set(id, resolve)
          setTimeout(resolve, POLL_MS)
        })
        const row = await inWorkspace(db, workspaceId, (tx) => findMessage(tx, workspaceId, id))
        if (!row || !PENDING.has(row.status) || performance.now() > deadline) {
          wakers.delete(id)
          return row
        }
        await told
      }
    },
    notify(ids) {
      if (wakers.size === 0) return
      for (const id of ids) wakers.get(id)?.()
    },
  }
}
