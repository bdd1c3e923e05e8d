/**
 * Reacts to events, each exactly once: the reaction and the end of its place in the queue are
 * one transaction. Any number of processes may run the same subscriber.
 *
 * An event that fails is tried alone, so that it does not hold up its batch; one that fails
 * again and again is kept with its reason.
 */

import type { Logger } from 'pino'
import type { TransactionSql } from 'postgres'
import type { Db } from '../db/db.ts'
import { createLoop } from '../lib/loop.ts'
import { truncate } from '../lib/reply.ts'
import {
  deferEvents,
  dropEvents,
  dropLost,
  dueEventIds,
  parkEvents,
  postponeEvent,
  type QueuedEvent,
  takeEvent,
  takeEvents,
  workspacesWithEvents,
} from './queue.store.ts'

export type { QueuedEvent }

const BATCH = 200
const POLL_MS = 250 // events of other processes are found within this
const RETRY_MS = 1_000
const FIRST_WAIT_MS = 1_000 // after the first failure; doubled after each further one
const MAX_ATTEMPTS = 10 // in about 17 minutes
const MAX_REASON = 1_000 // characters

export interface Subscriber {
  start(): void
  stop(): Promise<void>
  /** There are new events; more may come within so many milliseconds and be taken along. */
  poke(withinMs?: number): void
  /** Reacts to all that is there now. For tests and tools; the loop does it by itself. */
  runOnce(): Promise<void>
}

export interface SubscriberOptions {
  readonly db: Db
  readonly log: Logger
  /** As setInterests names it. */
  readonly name: string
  /** In their transaction, on the engine role, in the order in which they were recorded. */
  handle(tx: TransactionSql, workspaceId: string, events: readonly QueuedEvent[]): Promise<void>
  /** Which of them it is too early to react to, and until when. */
  notYet?(
    tx: TransactionSql,
    workspaceId: string,
    events: readonly QueuedEvent[],
  ): Promise<ReadonlyMap<string, Date>>
  /** What happened before a restore stays in the queue after `handle`, until a person lets it go. */
  readonly parksRestored?: boolean
  /** After a commit. */
  onHandled?(workspaceId: string): void
}

interface Queue {
  readonly workspaceId: string
  readonly subscriber: string
}

export function createSubscriber(options: SubscriberOptions): Subscriber {
  const { db, log, name } = options

  const react = async (tx: TransactionSql, queue: Queue, events: readonly QueuedEvent[]) => {
    const later = (await options.notYet?.(tx, queue.workspaceId, events)) ?? new Map()
    const ready = events.filter(({ id }) => !later.has(id))
    if (ready.length > 0) await options.handle(tx, queue.workspaceId, ready)
    await deferEvents(tx, queue, later)
    const parked = ready.filter(({ restored }) => options.parksRestored && restored)
    const done = ready.filter((event) => !parked.includes(event))
    await parkEvents(
      tx,
      queue,
      parked.map(({ id }) => id),
    )
    await dropEvents(
      tx,
      queue,
      done.map(({ id }) => id),
    )
  }

  /** Answers whether there may be more. */
  const batch = async (workspaceId: string): Promise<boolean> => {
    const queue = { workspaceId, subscriber: name }
    const due = { now: db.clock.now(), limit: BATCH }
    try {
      const taken = await db.engine.begin(async (tx) => {
        const events = await takeEvents(tx, queue, due)
        if (events.length === 0) return 0
        await react(tx, queue, events)
        return events.length
      })
      if (taken > 0) options.onHandled?.(workspaceId)
      else await dropLost(db.engine, queue, due)
      return taken === BATCH
    } catch (error) {
      log.warn({ err: error, subscriber: name }, 'reacting to events failed, trying each alone')
      const ids = await dueEventIds(db.engine, queue, due)
      for (const id of ids) await alone(queue, id)
      return ids.length === BATCH
    }
  }

  const alone = async (queue: Queue, eventId: string) => {
    let attempt = 0
    try {
      await db.engine.begin(async (tx) => {
        const event = await takeEvent(tx, queue, eventId)
        if (!event) return
        attempt = event.attempt
        await react(tx, queue, [event])
      })
      options.onHandled?.(queue.workspaceId)
    } catch (error) {
      const last = attempt + 1 >= MAX_ATTEMPTS
      const wait = FIRST_WAIT_MS * 2 ** attempt
      const reason = truncate(String(error), MAX_REASON).toWellFormed().replaceAll('\0', '')
      const nextAt = last ? null : new Date(+db.clock.now() + wait)
      await postponeEvent(db.engine, queue, { eventId, nextAt, reason })
      if (last) log.error({ err: error, event_id: eventId }, `${name} gave up an event`)
    }
  }

  /** A batch of each workspace. Answers whether there may be more. */
  const round = async (): Promise<boolean> => {
    let more = false
    for (const workspaceId of await workspacesWithEvents(db.engine, name, db.clock.now()))
      more = (await batch(workspaceId)) || more
    return more
  }
  const look = async () => ((await round()) ? 0 : POLL_MS)
  const loop = createLoop({ look, retryMs: RETRY_MS, name: `events for ${name}`, log })
  return {
    start: () => loop.start(),
    stop: () => loop.stop(),
    poke: (withinMs) => loop.poke(withinMs),
    async runOnce() {
      while (await round());
    },
  }
}
