/** Looks for due tasks and does them, several at once; any number of processes share the work. */

import { createLoop } from '../lib/loop.ts'
import type { SyncDeps } from './deps.ts'
import { LEASE_MS, runTask } from './runTask.ts'
import { claimTask, freeTasks, holdTask, type Leased } from './store/tasks.ts'

const AT_ONCE = 4
const POLL_MS = 1_000
const RECOVERY_MS = 2_000 // pulls of dead processes are free after this
const RENEW_MS = LEASE_MS / 3

export interface SyncEngine {
  start(): void
  /** Pages under way are finished first; what is left of a pull goes on elsewhere. */
  stop(): Promise<void>
  poke(): void
  /** Does all that is due now. For tests and tools; the loop does it by itself. */
  runOnce(): Promise<void>
}

export function createSyncEngine(deps: SyncDeps): SyncEngine {
  const { db, log, presence } = deps
  const running = new Set<Promise<void>>()
  let stopping = false

  const leaseUntil = () => new Date(+db.clock.now() + LEASE_MS)
  const claim = () =>
    claimTask(db.engine, db.clock.now(), leaseUntil(), { processId: presence?.processId ?? null })

  /** A page of many calls may take longer than the lease. */
  const work = async (task: Leased) => {
    const renewal = setInterval(() => {
      holdTask(db.engine, task, { leaseUntil: leaseUntil() }).catch(() => {}) // the next page tells
    }, RENEW_MS)
    renewal.unref()
    try {
      await runTask(task, deps, () => stopping)
    } catch (error) {
      // The database is away: the lease ends by itself.
      log.warn({ err: error, connection_id: task.connectionId }, 'a pull was not finished')
    } finally {
      clearInterval(renewal)
    }
  }
  let recoveredAt = Number.NEGATIVE_INFINITY
  const recover = async () => {
    if (!presence || performance.now() - recoveredAt < RECOVERY_MS) return
    recoveredAt = performance.now()
    await freeTasks(db.engine, await presence.deadProcesses(), db.clock.now())
  }
  const look = async () => {
    await recover()
    while (running.size < AT_ONCE && !stopping) {
      const task = await claim()
      if (!task) break
      const run = work(task).finally(() => {
        running.delete(run)
        loop.poke()
      })
      running.add(run)
    }
    return POLL_MS
  }
  const loop = createLoop({ look, retryMs: POLL_MS, name: 'looking for due pulls', log })
  return {
    start() {
      stopping = false
      loop.start()
    },
    async stop() {
      stopping = true
      await loop.stop()
      await Promise.all(running)
    },
    poke: () => loop.poke(),
    async runOnce() {
      for (let task = await claim(); task; task = await claim()) await work(task)
    },
  }
}
