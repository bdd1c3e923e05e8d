/** Subscribes to webhooks at once, for a person who waits for the answer. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Subscription } from '../connectors/connector.ts'
import { inWorkspace } from '../db/db.ts'
import { AppError } from '../errors.ts'
import type { SyncDeps } from './deps.ts'
import { type Connection, callbackUrlOf } from './directory.ts'
import { reasonOf } from './reason.ts'
import { LEASE_MS } from './runTask.ts'
import { claimTask, endTask, SUBSCRIBE, scheduleTask } from './store/tasks.ts'
import { SUBSCRIBE_SECONDS, subscribe } from './subscribe.ts'

const PATIENCE_MS = 20_000 // the server's own subscribing is two or three requests
const LOOK_MS = 250

/** Under the same lease as the server's own, so that there is one subscription. */
export async function subscribeNow(
  connection: Connection,
  deps: SyncDeps,
  { patienceMs = PATIENCE_MS } = {},
): Promise<Subscription & { readonly url: string | null }> {
  const { workspaceId, name, status } = connection.row
  if (status !== 'active')
    throw new AppError('conflict', `${name} is not active. Activate it first.`)
  const task = await claimInTurn(connection, deps, patienceMs)
  if (!task)
    throw new AppError(
      'conflict',
      `The server is at ${name}'s subscription. Try again in a minute.`,
    )
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

/** Due and taken in one step, or the server would take what is due first. What it is at is waited for. */
async function claimInTurn({ row }: Connection, { db }: SyncDeps, patienceMs: number) {
  const { workspaceId, id: connectionId } = row
  const key = { workspaceId, connectionId, task: SUBSCRIBE }
  const giveUp = performance.now() + patienceMs
  for (;;) {
    const now = db.clock.now()
    const task = await inWorkspace(db, workspaceId, async (tx) => {
      await scheduleTask(tx, key, now)
      return await claimTask(tx, now, new Date(+now + LEASE_MS), { only: key })
    })
    if (task || performance.now() > giveUp) return task
    await delay(LOOK_MS)
  }
}
