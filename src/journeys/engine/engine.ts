/**
 * Keeps journeys going. Runs are rows, their times are columns: nothing here remembers anybody, so
 * a million that wait cost nothing, and any number of processes may work at once.
 */
import { createSubscriber } from '../../events/subscribe.ts'
import { createLoop } from '../../lib/loop.ts'
import { SUBSCRIBER } from '../interests.ts'
import { type DueJourney, findDueJourneys, freeCalls, takeDue } from '../store/due.ts'
import { readLive } from '../store/journeys.ts'
import { freeKeys } from '../store/keys.ts'
import { lockRun, type RunRow, saveRuns } from '../store/runs.ts'
import { type Taken, takeOn } from './batch.ts'
import { type Call, makeCall } from './calls.ts'
import type { EngineDeps } from './deps.ts'
import { holdHits } from './hits.ts'
import { createLedger } from './ledger.ts'
import { react } from './react.ts'
import { beginScheduled } from './schedules.ts'
import { leave } from './walk.ts'

const BATCH = 500 // runs of one transaction
const POLL_MS = 500 // runs that other processes began are found within this
const RETRY_MS = 1_000
const RECOVERY_MS = 2_000 // calls of dead processes are made again after this
const GATHER_MS = 40 // events that come close together are one transaction
const CALLS_AT_ONCE = 100 // of one process
const CALLS_OF_WORKSPACE = 50 // of these: what hangs for one leaves room for the others
const MAX_ATTEMPTS = 8 // of a run that the database refuses; in about four minutes
const FIRST_WAIT_MS = 1_000

export interface JourneyEngine {
  start(): void
  stop(): Promise<void>
  /** There may be new events or runs. */
  poke(): void
  /** Events were recorded; those of the next moment are taken along. */
  hear(): void
  /** Does all that is due now, with the calls that come of it. For tests and tools. */
  runOnce(): Promise<void>
  readonly stats: { readonly steps: number }
}

export function createJourneyEngine(deps: EngineDeps): JourneyEngine {
  const { db, log } = deps
  const underWay = new Map<Promise<void>, string>() // and whose they are
  const stats = { steps: 0 }
  const calling = new Set<string>() // journeys that wanted calls: no more of their runs are leased than can be called

  const callsOf = (workspaceId: string) =>
    [...underWay.values()].filter((each) => each === workspaceId).length
  const roomOf = (workspaceId: string) =>
    Math.min(CALLS_AT_ONCE - underWay.size, CALLS_OF_WORKSPACE - callsOf(workspaceId))

  const after = ({ calls, sent, edited }: Taken) => {
    if (sent) deps.onSent()
    if (edited) deps.onEdited()
    for (const call of calls) begin(call)
  }

  const begin = (call: Call) => {
    const done = makeCall(call, deps)
      .then(after)
      .catch((error: unknown) => log.warn({ err: error }, 'a call of a journey is tried again'))
      .finally(() => {
        underWay.delete(done)
        loop.poke()
      })
    underWay.set(done, call.run.workspaceId)
  }

  /** Answers how many were taken on. */
  const batch = async (due: DueJourney, room: number): Promise<number> => {
    const { workspaceId } = due
    const limit = calling.has(due.id) ? Math.min(room, BATCH) : BATCH
    const now = db.clock.now()
    let ids: string[] = []
    try {
      const taken = await deps.inTurn(async (tx) => {
        const runs = await takeDue(tx, due, { now, limit })
        ids = runs.map((run) => run.id)
        const journey = runs.length > 0 ? await readLive(tx, workspaceId, due.id) : undefined
        if (journey?.status !== 'active') return null
        return takeOn(tx, deps, { workspaceId, journey, maxCalls: room }, runs, now)
      })
      if (taken === null) return 0
      if (taken.calling) calling.add(due.id)
      after(taken)
      stats.steps += ids.length
      return ids.length
    } catch (error) {
      log.warn({ err: error, journey_id: due.id }, 'runs failed together, trying each alone')
      for (const id of ids) await alone(due, id)
      return 0
    }
  }

  /** One that cannot be taken on does not keep the others of its batch. */
  const alone = async ({ workspaceId, id: journeyId }: DueJourney, id: string) => {
    const now = db.clock.now()
    try {
      const taken = await deps.inTurn(async (tx) => {
        const run = await lockRun(tx, workspaceId, id)
        const journey = await readLive(tx, workspaceId, journeyId)
        if (journey?.status !== 'active' || !run?.dueAt || run.dueAt > now) return null
        return takeOn(tx, deps, { workspaceId, journey, maxCalls: 1 }, [run], now)
      })
      if (taken) after(taken)
    } catch (error) {
      await deps.inTurn(async (tx) => {
        const run = await lockRun(tx, workspaceId, id)
        if (!run?.dueAt || run.dueAt > now) return
        const ledger = createLedger(now, log)
        const next = postponed(run, error)
        await saveRuns(tx, [next])
        if (next.endedAt !== null) await freeKeys(tx, [next])
        await ledger.write(tx)

        function postponed(failed: RunRow, reason: unknown): RunRow {
          const attempt = failed.attempt + 1
          if (attempt < MAX_ATTEMPTS)
            return { ...failed, attempt, dueAt: new Date(+now + FIRST_WAIT_MS * 2 ** attempt) }
          const detail = `${failed.step}: ${String(reason)}`
          const ending = {
            status: 'failed',
            reason: 'step_failed',
            detail,
            attention: true,
          } as const
          return leave(failed, null, ending, { ledger, now })
        }
      })
    }
  }

  /** A batch of each journey. Answers whether there may be more. */
  const round = async (): Promise<boolean> => {
    let more = (await beginScheduled(deps)) > 0
    const found = await findDueJourneys(db.engine, db.clock.now())
    const inTurn = found
      .map((due) => ({ due, calls: callsOf(due.workspaceId) }))
      .sort((one, other) => one.calls - other.calls)
    for (const { due } of inTurn) {
      const room = Math.max(0, roomOf(due.workspaceId))
      if (room === 0 && calling.has(due.id)) continue // it is poked when one is over
      more = (await batch(due, room)) > 0 || more
    }
    return more
  }

  let recoveredAt = 0
  const look = async () => {
    if (performance.now() - recoveredAt >= RECOVERY_MS) {
      recoveredAt = performance.now()
      await recover()
    }
    return (await round()) ? 0 : POLL_MS
  }
  const recover = async () => {
    const dead = await deps.presence.deadProcesses()
    await freeCalls(db.engine, dead, db.clock.now())
  }
  const loop = createLoop({ look, retryMs: RETRY_MS, name: 'journeys', log })
  const subscriber = createSubscriber({
    ...{ db, log, name: SUBSCRIBER, parksRestored: true },
    handle: (tx, workspaceId, events) => react(tx, deps, workspaceId, events),
    notYet: (tx, workspaceId, events) => holdHits(tx, workspaceId, events, db.clock.now()),
    onHandled: () => loop.poke(),
  })

  return {
    start() {
      subscriber.start()
      loop.start()
      log.info('scheduler_started') // document 002 looks for it
    },
    async stop() {
      await Promise.all([subscriber.stop(), loop.stop()])
      await Promise.all(underWay.keys())
    },
    poke() {
      subscriber.poke()
      loop.poke()
    },
    hear: () => subscriber.poke(GATHER_MS),
    async runOnce() {
      for (;;) {
        await subscriber.runOnce()
        const more = await round()
        if (!more && underWay.size === 0) return
        await Promise.all(underWay.keys())
      }
    },
    get stats() {
      return stats
    },
  }
}
