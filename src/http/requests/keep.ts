/**
 * Which requests are kept, between two writes of the log: every failure and everything that a person did
 * in the dashboard, and of the successful calls by keys the first of each workspace. Bounded, whatever comes.
 */

const SUCCESSES = 20 // of one workspace between two writes
const ALL_SUCCESSES = 100 // of all workspaces
const WAITING = 2_000 // requests in memory, also while the database is away
const BODIES = 8_000_000 // characters of bodies and ids in memory
const ID = 36 // characters

export interface Entry {
  readonly workspaceId: string
  readonly id: string
  readonly method: string
  readonly route: string
  readonly path: string
  readonly query: string | null
  readonly status: number
  readonly code: string | null
  readonly ms: number
  readonly actorKind: string
  readonly actorId: string
  readonly ip: string | null
  readonly userAgent: string | null
  readonly idempotencyKey: string | null
  readonly replayed: boolean
  readonly requestBytes: number | null
  readonly requestBody: string | null
  readonly answer: string | null
  readonly messageIds: readonly string[]
  /** Successful requests of the workspace before it that were not kept. */
  readonly leftOut: number
}

export interface Keeper {
  /** No more successes of this workspace until the next `take`. */
  isFull(workspaceId: string): boolean
  /** One that is not even offered. */
  leaveOut(workspaceId: string): void
  /** Whether there is room for it; asked before `entry` is made. One that is refused is counted. */
  offer(of: { workspaceId: string; isSure: boolean }, entry: (leftOut: number) => Entry): void
  /** What waits, and an end of this stretch of time. */
  take(): Entry[]
  /** Could not be written: they wait again, before what came meanwhile. */
  putBack(entries: readonly Entry[]): void
  readonly size: number
}

export function createKeeper(): Keeper {
  let waiting: Entry[] = []
  let characters = 0
  let successes = 0
  const kept = new Map<string, number>()
  const leftOut = new Map<string, number>()

  const isFull = (workspaceId: string) =>
    successes >= ALL_SUCCESSES || (kept.get(workspaceId) ?? 0) >= SUCCESSES
  const leaveOut = (workspaceId: string) =>
    void leftOut.set(workspaceId, (leftOut.get(workspaceId) ?? 0) + 1)
  const add = (entry: Entry) => {
    const { requestBody, answer, messageIds } = entry
    const size = (requestBody?.length ?? 0) + (answer?.length ?? 0) + messageIds.length * ID
    const fits = characters + size <= BODIES
    waiting.push(fits ? entry : { ...entry, requestBody: null, answer: null, messageIds: [] })
    if (fits) characters += size
  }
  return {
    isFull,
    leaveOut,
    offer({ workspaceId, isSure }, entry) {
      if (waiting.length >= WAITING || (!isSure && isFull(workspaceId)))
        return leaveOut(workspaceId)
      if (!isSure) {
        successes++
        kept.set(workspaceId, (kept.get(workspaceId) ?? 0) + 1)
      }
      add(entry(leftOut.get(workspaceId) ?? 0))
      leftOut.delete(workspaceId)
    },
    take() {
      const taken = waiting
      waiting = []
      characters = 0
      successes = 0
      kept.clear()
      return taken
    },
    putBack(entries) {
      const later = waiting
      waiting = []
      characters = 0
      for (const entry of [...entries, ...later].slice(0, WAITING)) add(entry)
    },
    get size() {
      return waiting.length
    },
  }
}
