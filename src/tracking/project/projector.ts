/**
 * Keeps events and counters at most a second behind the hits. Any number of processes may
 * run one: each takes a workspace that no other is at.
 */
import type { Logger } from 'pino'
import type { Db } from '../../db/db.ts'
import { createLoop } from '../../lib/loop.ts'
import type { TemplateDirectory } from '../../templates/directory.ts'
import type { TrackingCounters } from '../counters.ts'
import { defaultLimits, type Limits } from '../hits.ts'
import { createFinder } from '../lookups/finder.ts'
import type { Networks } from '../lookups/networks.ts'
import { workspacesWithHits } from '../store/hits.ts'
import { project } from './project.ts'

const BATCH = 1_000 // hits of one transaction
const BACKLOG_BATCH = 5_000 // while there is a backlog: what a message has is then read and judged once for many of its hits
const POLL_MS = 800 // hits of other processes are found within this
const GATHER_MS = 200 // after a hit, so that those around it travel together
const FLOOD = 2_000 // hits a second from which on answering comes before understanding
const BURST_MS = 10_000 // of a flood in which nothing is understood, so that a newsletter's first wave is answered
const LOOK_MS = 250 // how often it looks then whether the flood is over
const REST = 3 // a flood that lasts longer: it rests so many times as long as it worked

export interface Projector {
  start(): void
  stop(): Promise<void>
  /** There are new hits. */
  poke(): void
  /** Projects what is there now. For tests and tools; the loop does it by itself. */
  runOnce(): Promise<void>
  /** Looks up the networks of what was projected, and judges again. As `runOnce`. */
  lookUpOnce(): Promise<void>
}

export function createProjector(options: {
  db: Db
  templates: TemplateDirectory
  log: Logger
  counters: TrackingCounters
  logPii: boolean
  limits?: Partial<Limits>
  /** Looks up in whose network hits were made; not given: nobody does. */
  networks?: Networks | undefined
}): Projector {
  const { db, log } = options
  const deps = { ...options, limits: { ...defaultLimits, ...options.limits } }

  const { networks } = options
  const finder = networks && createFinder({ db, networks, deps, resting: () => resting })
  const behind = new Set<string>() // workspaces whose last batch was full

  /** One batch. Answers whether there may be more. */
  const batch = async (workspaceId: string): Promise<boolean> => {
    const limit = behind.has(workspaceId) ? BACKLOG_BATCH : BATCH
    behind.delete(workspaceId) // also when it fails: the next try is a small one
    const now = db.clock.now()
    const { taken, judged } = await db.engine.begin((tx) =>
      project(tx, workspaceId, deps, { now, limit }),
    )
    finder?.note(workspaceId, judged)
    if (taken >= limit) behind.add(workspaceId)
    return taken >= limit
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
  let floodedSinceMs: number | null = null

  /** For how long hits have been coming faster than they can be answered and understood; null: they are not. */
  const floodedForMs = (): number | null => {
    const now = { hits: deps.counters.hits, atMs: performance.now() }
    const perSecond = ((now.hits - seen.hits) * 1000) / Math.max(1, now.atMs - seen.atMs)
    if (now.atMs - seen.atMs >= LOOK_MS / 2) {
      floodedSinceMs = perSecond > FLOOD ? (floodedSinceMs ?? seen.atMs) : null
      seen = now
    }
    return floodedSinceMs === null ? null : now.atMs - floodedSinceMs
  }

  const look = async (): Promise<number> => {
    const flooded = floodedForMs()
    resting = flooded !== null
    if (flooded !== null && flooded < BURST_MS) return LOOK_MS
    const began = performance.now()
    const more = await oneBatchEach()
    if (!more) return POLL_MS
    return flooded === null ? 0 : (performance.now() - began) * REST
  }

  /** A workspace that fails does not keep the others waiting. */
  const oneBatchEach = async (): Promise<boolean> => {
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
    return more
  }
  const loop = createLoop({ look, retryMs: POLL_MS, name: 'looking for opens and clicks', log })

  return {
    start() {
      loop.start()
      finder?.start()
    },
    async stop() {
      await Promise.all([loop.stop(), finder?.stop()])
    },
    poke() {
      if (!resting) loop.poke(GATHER_MS)
    },
    runOnce,
    lookUpOnce: async () => finder?.runOnce(),
  }
}
