/**
 * Events as they happen, for people who watch. Each workspace that somebody watches is looked at
 * once for all its watchers, whatever process wrote the events; nobody watching costs nothing.
 *
 * A transaction may commit after a later one, so each look goes back a little and leaves out what
 * was told already. A look reads a bounded number of rows: when more happened, watchers are told
 * that there is more, and read their lists again.
 */
import type { Logger } from 'pino'
import { type Db, inWorkspace } from '../db/db.ts'
import { createLoop, type Loop } from '../lib/loop.ts'
import { listRecorded } from './live.store.ts'
import type { Event } from './store.ts'

const LOOK_MS = 1_000
const RETRY_MS = 3_000
export const BACK_MS = 5_000 // a transaction that commits later than this is seen when the list is read again
const MAX_EVENTS = 200 // in one look

export interface Look {
  /** Oldest first. */
  readonly events: readonly Event[]
  /** More happened than is told. */
  readonly more: boolean
}

export interface Live {
  /** From `since` on; told after each look, also of nothing. Answers how to end it. */
  watch(workspaceId: string, since: Date, tell: (look: Look) => void): () => void
  stop(): Promise<void>
}

interface Watcher {
  since: Date
  tell(look: Look): void
  /** Ids told since `since`, which only ever grows by looks. */
  told: Set<string>
}

interface Watched {
  readonly watchers: Set<Watcher>
  readonly loop: Loop
}

export function createLive({ db, log }: { db: Db; log: Logger }): Live {
  const watched = new Map<string, Watched>()

  const look = async (workspaceId: string, watchers: ReadonlySet<Watcher>): Promise<number> => {
    if (watchers.size === 0) return LOOK_MS
    const oldest = Math.min(...[...watchers].map(({ since }) => since.getTime()))
    const now = db.clock.now()
    const rows = await inWorkspace(db, workspaceId, (tx) =>
      listRecorded(tx, workspaceId, { since: new Date(oldest), limit: MAX_EVENTS }),
    )
    rows.reverse()
    for (const watcher of watchers) tellOne(watcher, rows, now)
    return LOOK_MS
  }

  return {
    watch(workspaceId, since, tell) {
      const watcher: Watcher = { since, tell, told: new Set() }
      let entry = watched.get(workspaceId)
      if (!entry) {
        const watchers = new Set<Watcher>()
        const loop = createLoop({
          look: () => look(workspaceId, watchers),
          ...{ retryMs: RETRY_MS, name: 'looking for new events', log },
        })
        entry = { watchers, loop }
        watched.set(workspaceId, entry)
        loop.start()
      }
      const { watchers, loop } = entry
      watchers.add(watcher)
      loop.poke()
      return () => {
        watchers.delete(watcher)
        if (watchers.size > 0 || watched.get(workspaceId)?.loop !== loop) return
        watched.delete(workspaceId)
        void loop.stop()
      }
    },
    async stop() {
      const loops = [...watched.values()].map(({ loop }) => loop)
      watched.clear()
      await Promise.all(loops.map((loop) => loop.stop()))
    },
  }
}

function tellOne(watcher: Watcher, rows: readonly Event[], now: Date): void {
  const fresh = rows.filter(
    ({ id, recordedAt }) => recordedAt > watcher.since && !watcher.told.has(id),
  )
  const more = rows.length === MAX_EVENTS && fresh.length === rows.length
  watcher.since = new Date(Math.max(+watcher.since, +now - BACK_MS))
  const reached = rows.filter(({ recordedAt }) => recordedAt > watcher.since)
  watcher.told = new Set(reached.map(({ id }) => id))
  watcher.tell({ events: fresh, more })
}
