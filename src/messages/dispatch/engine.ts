/**
 * The engine: finds lanes with due work, reads what is due in each, and hands rows to the workers
 * of their senders. Reading takes nothing: whoever commits a row's intent first has it.
 *
 * Fairness: strict priority between classes; within a class the workspaces take turns, a
 * quantum each, so that a million waiting messages of one do not delay another's single one.
 * The database is asked when something was accepted here (`poke`), when the next row falls
 * due, and at least every POLL_MS.
 */
import type { Logger } from 'pino'
import type { Sender } from '../../channels/directory.ts'
import type { Presence } from '../../db/presence.ts'
import { LEASE_SECONDS } from '../life.ts'
import { touchLanes } from '../store/accept.ts'
import { type Due, expireWaiting, findDue } from '../store/due.ts'
import { dueLanes, type Lane, nextDue, restLane } from '../store/lanes.ts'
import { renew } from '../store/orphans.ts'
import { giveTokens, takeTokens } from '../store/pacing.ts'
import type { Held } from './attempts.ts'
import type { DispatchDeps } from './deps.ts'
import { recover } from './recover.ts'
import { createWorker, type Worker } from './worker.ts'

const POLL_MS = 500 // work of other processes is found within this
const LANES = 1_000 // asked for in one round
const QUANTUM = 500 // rows read of one lane in one turn
const LANES_AT_ONCE = 3
const WHOLE = { index: 0, of: 1 }
const RECHECK_MS = 5_000 // a lane over rows that somebody read and did not begin is looked at again after this
const MIN_PACE_MS = 20 // between two looks into a sender's bucket
const RENEW_MS = 10_000
const RECOVER_MS = 5_000
const DRAIN_MS = 25_000 // for what is on its way when we are asked to stop

export interface Engine {
  start(): Promise<void>
  /** There may be new work. */
  poke(): void
  /** Stops reading, lets go of what was not begun, waits for what is on its way. */
  stop(): Promise<void>
  readonly stats: EngineStats
}

export interface EngineStats {
  taken: number
  recovered: number
  /** Settlements that came too late: the row was another's by then, and nothing was written. */
  readonly fenced: number
}

export function createEngine(deps: DispatchDeps, presence: Presence): Engine {
  const workers = new Map<string, Worker>()
  const full = new Set<string>() // lanes that gave all we asked for: there the processes share the rows
  const stats = {
    taken: 0,
    recovered: 0,
    get fenced() {
      return deps.settler.fenced
    },
  }
  const timers: NodeJS.Timeout[] = []
  const log: Logger = deps.log
  let running = false
  let woken = false
  let wake: () => void = () => {}
  let lastServed = '' // workspace whose turn was last
  let loop: Promise<void> = Promise.resolve()

  const poke = () => {
    woken = true
    wake()
  }

  const workerFor = (sender: Sender): Worker => {
    const known = workers.get(sender.id)
    if (known) return known
    const worker = createWorker(
      () => deps.senders.find(sender.workspaceId, sender.id),
      sender,
      presence.processId,
      deps,
    )
    workers.set(sender.id, worker)
    return worker
  }

  /** Reads one quantum of a lane. Answers whether the lane may hold more that we could take now. */
  const serve = async (lane: Lane): Promise<boolean> => {
    const sender = await deps.senders.find(lane.workspaceId, lane.senderId)
    if (sender?.status !== 'active') return false
    const worker = workerFor(sender)
    const room = lane.probing ? (worker.idle ? 1 : 0) : Math.min(QUANTUM, worker.room())
    if (room <= 0) return false
    const now = deps.db.clock.now()
    const allowed = await pace(sender, room, now)
    if (allowed <= 0) return comeBack(sender)
    const key = `${lane.senderId} ${lane.priority}`
    const share = full.has(key) ? presence.share() : WHOLE
    const taken = worker.taken()
    const rows = await findDue(deps.db.engine, lane, { now, limit: allowed, taken, share })
    stats.taken += rows.length
    if (rows.length > 0) worker.push(rows)
    if (rows.length === allowed) {
      full.add(key)
      return allowed < room ? comeBack(sender) : true
    }
    if (sender.perSecond !== null) await giveTokens(deps.db.engine, sender, allowed - rows.length)
    if (full.delete(key)) return true // our share is done: help the others
    const again = new Date(deps.db.clock.now().getTime() + RECHECK_MS)
    await restLane(deps.db.engine, lane, worker.taken(), again)
    return false
  }

  const leaseEnd = () => new Date(deps.db.clock.now().getTime() + LEASE_SECONDS * 1000)

  /** How many of `wanted` the sender's pace allows now, over all processes. */
  const pace = async (sender: Sender, wanted: number, now: Date): Promise<number> => {
    const { perSecond } = sender
    if (perSecond === null) return wanted
    return deps.db.engine.begin((tx) => takeTokens(tx, sender, { perSecond, wanted, now }))
  }

  /** The bucket fills continuously: look again when the next token is there. */
  const comeBack = (sender: Sender): false => {
    setTimeout(poke, Math.max(MIN_PACE_MS, 1000 / (sender.perSecond ?? 1000))).unref()
    return false
  }

  /** One turn for every due lane. Answers whether any of them may hold more. */
  const round = async (): Promise<boolean> => {
    const lanes = inTurn(await dueLanes(deps.db.engine, deps.db.clock.now(), LANES))
    let more = false
    const oneAfterAnother = async () => {
      for (let lane = lanes.shift(); lane && running; lane = lanes.shift()) {
        lastServed = lane.workspaceId
        if (await serve(lane)) more = true
      }
    }
    await Promise.all(Array.from({ length: LANES_AT_ONCE }, oneAfterAnother))
    return more
  }

  /** Most urgent class first; within a class each workspace after the one served last. */
  const inTurn = (lanes: readonly Lane[]): Lane[] =>
    lanes.toSorted(
      (a, b) =>
        b.priority - a.priority ||
        Number(a.workspaceId <= lastServed) - Number(b.workspaceId <= lastServed) ||
        (a.workspaceId < b.workspaceId ? -1 : Number(a.workspaceId > b.workspaceId)),
    )

  const run = async () => {
    while (running) {
      woken = false
      const more = await round().catch((error: unknown) => {
        log.warn({ err: error }, 'looking for due messages failed, trying again')
        return false
      })
      if (running && !woken && !more) await rest()
    }
  }

  const rest = async () => {
    const due = await nextDue(deps.db.engine).catch(() => undefined)
    const dueMs = due ? due.getTime() - deps.db.clock.now().getTime() : POLL_MS
    await new Promise<void>((resolve) => {
      if (woken || !running) return resolve()
      // Overdue lanes that could not be served (no room, no token) announce themselves by a poke.
      const timer = setTimeout(resolve, dueMs > 0 ? Math.min(POLL_MS, dueMs) : POLL_MS)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  const renewLeases = async () => {
    const old: { item: Held; lease: string }[] = []
    const before = performance.now() - RENEW_MS
    for (const worker of workers.values())
      for (const item of worker.leased())
        if (item.lease !== null && item.leasedAtMs < before) old.push({ item, lease: item.lease })
    if (old.length === 0) return
    old.sort((a, b) => (a.item.row.id < b.item.row.id ? -1 : 1)) // as the settler does, so that neither waits for the other
    const at = performance.now()
    const refs = old.map(({ item: { row }, lease }) => ({ ...refOf(row), lease }))
    const renewed = await renew(deps.db.engine, refs, leaseEnd())
    for (const { item } of old) if (renewed.has(item.row.id)) item.leasedAtMs = at
  }

  const takeBack = async () => {
    stats.recovered += await recover(deps, presence)
    await expireWaiting(deps.db.engine, deps.db.clock.now(), QUANTUM)
    poke()
  }

  const every = (ms: number, work: () => Promise<void>) => {
    let busy = false
    const timer = setInterval(() => {
      if (busy) return
      busy = true
      work()
        .catch((error: unknown) =>
          log.warn({ err: error }, 'upkeep of the queue failed, trying again'),
        )
        .finally(() => {
          busy = false
        })
    }, ms)
    timers.push(timer)
  }

  return {
    stats,
    poke,
    async start() {
      running = true
      await takeBack()
      every(RENEW_MS / 2, renewLeases)
      every(RECOVER_MS, takeBack)
      loop = run()
    },
    async stop() {
      running = false
      for (const timer of timers) clearInterval(timer)
      wake()
      await loop
      const abandoned = [...workers.values()].flatMap((worker) => worker.abandon())
      const dueAt = deps.db.clock.now()
      if (abandoned.length > 0)
        await touchLanes(
          deps.db.engine,
          abandoned.map((row) => ({ ...row, dueAt })),
        ).catch(() => {}) // the lanes sleep until the lease would have ended, no longer
      const deadline = performance.now() + DRAIN_MS
      while ([...workers.values()].some((worker) => !worker.idle) && performance.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      await Promise.race([
        deps.settler.drain(),
        new Promise((resolve) => setTimeout(resolve, 1_000).unref()),
      ])
    },
  }
}

const refOf = ({ workspaceId, id }: Due) => ({ workspaceId, id })
