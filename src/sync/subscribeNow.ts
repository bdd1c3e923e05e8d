/** Subscribes to webhooks at once, for a person who waits for the answer. */
import type { Subscription } from '../connectors/connector.ts'
import { inWorkspace } from '../db/db.ts'
import { AppError } from '../errors.ts'
import type { SyncDeps } from './deps.ts'
import { type Connection, callbackUrlOf } from './directory.ts'
import { reasonOf } from './reason.ts'
import { LEASE_MS } from './runTask.ts'
import { claimTask, endTask, SUBSCRIBE, scheduleTask } from './store/tasks.ts'
import { SUBSCRIBE_SECONDS, subscribe } from './subscribe.ts'

/** Under the same lease as the server's own, so that there is one subscription. */
export async function subscribeNow(
  connection: Connection,
  deps: SyncDeps,
): Promise<Subscription & { readonly url: string | null }> {
  const { workspaceId, id: connectionId, name } = connection.row
  const key = { workspaceId, connectionId, task: SUBSCRIBE }
  const now = deps.db.clock.now()
  await inWorkspace(deps.db, workspaceId, (tx) => scheduleTask(tx, key, now))
  const leaseUntil = new Date(+now + LEASE_MS)
  const task = await claimTask(deps.db.engine, now, leaseUntil, { only: key })
  if (!task)
    throw new AppError('conflict', `${name} is not active, or the server is at it. Try again.`)
  const end = (status: 'done' | 'failed', error: string | null) => {
    const dueAt = new Date(+deps.db.clock.now() + SUBSCRIBE_SECONDS * 1_000)
    return inWorkspace(deps.db, workspaceId, (tx) =>
      endTask(tx, task, { status, dueAt, error }, deps.db.clock.now()),
    )
  }
  try {
    const made = await subscribe(connection, deps)
    await end('done', null)
    return { ...made, url: callbackUrlOf(connection, deps.publicUrl) }
  } catch (error) {
    await end('failed', reasonOf(error))
    throw error
  }
}
