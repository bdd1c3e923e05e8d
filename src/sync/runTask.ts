/**
 * Does a leased task to its end. A page and the cursor behind it are one transaction, which also
 * checks and renews the lease: whoever lost it writes nothing more, and a crash repeats at most
 * one page.
 */
import type { Page, Source } from '../connectors/connector.ts'
import { inWorkspace, type Json, type Sql } from '../db/db.ts'
import { Misconfigured, Retryable } from '../errors.ts'
import { storable } from '../lib/storable.ts'
import { applyRecords } from './applyRecords.ts'
import type { SyncDeps } from './deps.ts'
import type { Connection } from './directory.ts'
import { LONGEST_LIMIT_S } from './politeHttp.ts'
import { reasonOf } from './reason.ts'
import { noteMissed, pauseForFault } from './store/connections.ts'
import { addToRun, forgetRuns } from './store/runs.ts'
import {
  type Ending,
  endTask,
  holdTask,
  type Leased,
  SUBSCRIBE,
  subscribeSooner,
} from './store/tasks.ts'
import { SUBSCRIBE_SECONDS, subscribe } from './subscribe.ts'
import { isSilent, SILENT_MS } from './view.ts'

export const LEASE_MS = 45_000 // a pull of a process that hangs is taken over within this
const FIRST_WAIT_S = 5 // after a failure; doubled after each further one
const LONGEST_WAIT_S = 900
const RUNS_KEPT_MS = 14 * 24 * 3_600_000

/** Somebody else has the task. */
class LostLease extends Error {}
/** We are asked to stop between two pages. */
class Stopped extends Error {}

export async function runTask(
  task: Leased,
  deps: SyncDeps,
  isStopping: () => boolean,
): Promise<void> {
  const { workspaceId, connectionId } = task
  const connection = await inWorkspace(deps.db, workspaceId, (tx) =>
    deps.connections.find(tx, workspaceId, connectionId),
  )
  const { db } = deps
  if (!connection) {
    // A connector that this version does not have.
    await end(deps, task, { status: 'failed', dueAt: null, error: 'There is no such connector.' })
    return
  }
  const every = everySeconds(connection, task.task)
  try {
    if (connection.fault !== null) throw new Misconfigured(connection.fault)
    if (task.task === SUBSCRIBE) await subscribe(connection, deps)
    else await pullAll(task, connection, deps, isStopping)
    const dueAt = every === null ? null : new Date(+db.clock.now() + every * 1_000)
    await end(deps, task, { status: 'done', dueAt, error: null })
  } catch (error) {
    if (error instanceof LostLease) return
    if (error instanceof Stopped) {
      await end(deps, task, { status: 'abandoned', dueAt: db.clock.now(), error: null })
      return
    }
    await fail(deps, task, { connection, every, error })
  }
}

function everySeconds({ connector, settings, fault }: Connection, task: string): number | null {
  if (task === SUBSCRIBE) return SUBSCRIBE_SECONDS
  return fault === null ? (connector.sources[task]?.everySeconds(settings) ?? null) : null
}

async function pullAll(
  task: Leased,
  connection: Connection,
  deps: SyncDeps,
  isStopping: () => boolean,
): Promise<void> {
  const source: Source<unknown> | undefined = connection.connector.sources[task.task]
  if (!source) throw new Misconfigured(`${connection.connector.name} has no ${task.task}.`)
  const context = deps.connections.context(connection)
  for await (const page of source.pull(task.cursor, context)) {
    await savePage(task, connection, page, deps)
    if (isStopping()) throw new Stopped()
  }
}

async function savePage(
  task: Leased,
  { row, connector }: Connection,
  page: Page,
  deps: SyncDeps,
): Promise<void> {
  const { workspaceId, connectionId } = task
  const now = deps.db.clock.now()
  const target = { workspaceId, connectionId, source: connector.id }
  const sifted = deps.seen.sift(target, page.records)
  const applied = await inWorkspace(deps.db, workspaceId, async (tx) => {
    const cursor = storable(page.cursor) as Json // JSON by contract
    const held = await holdTask(tx, task, { leaseUntil: new Date(+now + LEASE_MS), cursor })
    if (!held) throw new LostLease()
    const applied = await applyRecords(tx, target, sifted, now)
    const counted = { records: page.records.length, events: applied.fresh, of: page.of ?? null }
    await addToRun(tx, { workspaceId, id: task.lease }, counted)
    if (applied.fresh > 0) await noteSilence(tx, row, applied.fresh, now)
    return applied
  })
  deps.seen.add(target, applied.keys)
  if (applied.fresh > 0) deps.onEvents()
}

/** Webhooks that do not come: perhaps the subscription has been paused over there. */
async function noteSilence(
  tx: Sql,
  { workspaceId, id }: Connection['row'],
  fresh: number,
  now: Date,
): Promise<void> {
  const missed = await noteMissed(tx, workspaceId, id, fresh, now)
  if (!missed || !isSilent(missed, now)) return
  const key = { workspaceId, connectionId: id }
  await subscribeSooner(tx, key, new Date(+now - SILENT_MS), now)
}

async function fail(
  deps: SyncDeps,
  task: Leased,
  given: { connection: Connection; every: number | null; error: unknown },
): Promise<void> {
  const { connection, every, error } = given
  const now = deps.db.clock.now()
  const after = error instanceof Retryable ? Math.min(error.after ?? 0, LONGEST_LIMIT_S) : 0
  if (error instanceof Retryable && error.code === '429') {
    // The vendor's limit is how it works, and no fault: it goes on when that says so.
    const wait = Math.max(after, FIRST_WAIT_S)
    const dueAt = new Date(+now + wait * 1_000)
    await end(deps, task, { status: 'limited', dueAt, error: null })
    return
  }
  const words = reasonOf(error)
  const backoff = Math.min(
    FIRST_WAIT_S * 2 ** task.attempts,
    every ?? LONGEST_WAIT_S,
    LONGEST_WAIT_S,
  )
  const seconds = Math.max(after, backoff * (0.75 + Math.random() / 2))
  const wrong = error instanceof Misconfigured
  // Wrong settings wait for a person, except those of webhooks: pulls find everything without them.
  const pauses = wrong && task.task !== SUBSCRIBE
  const wait = wrong && !pauses ? SUBSCRIBE_SECONDS : seconds
  deps.log.warn(
    {
      err: error,
      connection_id: task.connectionId,
      vendor: connection.connector.id,
      task: task.task,
    },
    pauses
      ? 'a connection is paused: its settings do not work'
      : 'a pull failed, it is tried again',
  )
  await end(deps, task, {
    ...{ status: 'failed', error: words },
    dueAt: pauses ? now : new Date(+now + wait * 1_000),
  })
  if (pauses)
    await inWorkspace(deps.db, task.workspaceId, (tx) =>
      pauseForFault(tx, task.workspaceId, task.connectionId, words, now),
    )
}

async function end(deps: SyncDeps, task: Leased, ending: Ending): Promise<void> {
  const now = deps.db.clock.now()
  await inWorkspace(deps.db, task.workspaceId, async (tx) => {
    await endTask(tx, task, ending, now)
    await forgetRuns(tx, task, new Date(+now - RUNS_KEPT_MS))
  })
}
