/**
 * Keeps events and counters at most a second behind the hits. Any number of processes may
 * run one: each takes a workspace that no other is at.
 */
import type { Logger } from 'pino'
import type { Db } from '../../db/db.ts'
import type { TemplateDirectory } from '../../templates/directory.ts'
import type { TrackingCounters } from '../counters.ts'
import { defaultLimits, type Limits } from '../hits.ts'
import { createLoop } from '../../lib/loop.ts'
import { workspacesWithHits } from '../store/hits.ts'
import { BATCH, project } from './project.ts'

const POLL_MS = 800 // hits of other processes are found within this
const GATHER_MS = 200 // after a hit, so that those around it travel together
const FLOOD = 2_000 // hits a second from which on answering comes before understanding
const REST = 3 // then it rests so many times as long as it worked

export interface Projector {
  start(): void
  stop(): Promise<void>
  /** There are new hits. */
  poke(): void
  /** Projects what is there now. For tests and tools; the loop does it by itself. */
  runOnce(): Promise<void>
}

export function createProjector(options: {
  db: Db
  templates: TemplateDirectory
  log: Logger
  counters: TrackingCounters
  logPii: boolean
  limits?: Partial<Limits>
}): Projector {
  const { db, log } = options
  const deps = { ...options, limits: { ...defaultLimits, ...options.limits } }

  /** One batch. Answers whether there may be more. */
  const batch = async (workspaceId: string): Promise<boolean> => {
    const taken = await db.engine.begin((tx) => project(tx, workspaceId, deps, db.clock.now()))
    return taken >= BATCH
  }

  const runOnce = async () => {
    let waiting = await workspacesWithHits(db.engine)
    while (waiting.length > 0) {
      const more: string[] = []
      for (const workspaceId of waiting) if (await batch(workspaceId)) more.push(workspaceId)
      waiting = more // the workspaces take turns, a batch each
    }
  }

  let resting = false
  let seen = { hits: 0, atMs: performance.now() }
  const flooded = (): boolean => {
    const now = { hits: deps.counters.hits, atMs: performance.now() }
    const perSecond = ((now.hits - seen.hits) * 1000) / Math.max(1, now.atMs - seen.atMs)
    seen = now
    return perSecond > FLOOD
  }

  /** A workspace that fails does not keep the others waiting. */
  const look = async (): Promise<number> => {
    const began = performance.now()
    resting = false
    let more = false
    for (const workspaceId of await workspacesWithHits(db.engine)) {
      const full = await batch(workspaceId).catch((error: unknown) => {
        log.warn(
          { err: error, workspace_id: workspaceId },
          'understanding opens and clicks failed, trying again',
        )
        return false
      })
      more ||= full
    }
    const rest = flooded() ? (performance.now() - began) * REST : 0
    resting = more && rest > 0
    return more ? rest : POLL_MS
  }
  const loop = createLoop({ look, retryMs: POLL_MS, name: 'looking for opens and clicks', log })

  return {
    start: () => loop.start(),
    stop: () => loop.stop(),
    poke() {
      if (!resting) loop.poke(GATHER_MS)
    },
    runOnce,
  }
}
