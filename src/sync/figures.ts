/** What /stats tells of a connector in a workspace: cache, polls, webhooks, and what was told twice. */
import { inWorkspace } from '../db/db.ts'
import type { SyncDeps } from './deps.ts'
import type { SeenFigures } from './seen.ts'
import { listConnections } from './store/connections.ts'
import { listEventCounts } from './store/counts.ts'
import { listTasks } from './store/tasks.ts'
import { isSilent } from './view.ts'

export interface SyncFigures {
  /** Of this process. */
  readonly cache: SeenFigures
  readonly polling: {
    readonly enabled: boolean
    readonly intervalSeconds: number | null
    readonly lastAt: Date | null
    readonly lastError: string | null
    readonly nextAt: Date | null
  }
  readonly webhook: {
    readonly lastAt: Date | null
    readonly received: number
    readonly rejected: number
    /** Polls find what webhooks should have told. */
    readonly silent: boolean
  }
  /** By name of the event: how many were new, how many had been told before. */
  readonly events: Readonly<Record<string, { readonly fresh: number; readonly again: number }>>
}

/** Of the connection that is used first; zeros without one. */
export async function syncFigures(
  deps: Pick<SyncDeps, 'db' | 'connections' | 'seen'>,
  workspaceId: string,
  connectorId: string,
): Promise<SyncFigures> {
  return inWorkspace(deps.db, workspaceId, async (tx) => {
    const rows = (await listConnections(tx, workspaceId)).filter(
      (row) => row.connector === connectorId,
    )
    const ids = rows.map((row) => row.id)
    const [first] = rows
    const connection = first && deps.connections.open(first)
    const tasks = await listTasks(tx, workspaceId, first ? [first.id] : [])
    const [main] = Object.keys(connection?.connector.sources ?? {}) // what the connector is for stands first
    const poll = tasks.find((task) => task.task === main)
    const source = poll && connection?.connector.sources[poll.task]
    const every =
      source && connection.fault === null ? source.everySeconds(connection.settings) : null
    const counts = await listEventCounts(tx, workspaceId)
    const now = deps.db.clock.now()
    return {
      cache: deps.seen.figures(),
      polling: {
        enabled: first?.status === 'active' && every !== null,
        intervalSeconds: every,
        lastAt: poll?.lastAt ?? null,
        lastError: poll?.lastError ?? null,
        nextAt: first?.status === 'active' ? (poll?.dueAt ?? null) : null,
      },
      webhook: {
        lastAt: latest(rows.map((row) => row.callbackAt)),
        received: sum(rows.map((row) => row.callbacksReceived)),
        rejected: sum(rows.map((row) => row.callbacksRejected)),
        silent: rows.some((row) => row.status === 'active' && isSilent(row, now)),
      },
      events: eventsOf(counts.filter((each) => ids.includes(each.connectionId))),
    }
  })
}

function eventsOf(counts: readonly { name: string; fresh: number; again: number }[]) {
  const names = Map.groupBy(counts, (each) => each.name)
  return Object.fromEntries(
    [...names].map(([name, own]) => [
      name,
      { fresh: sum(own.map((each) => each.fresh)), again: sum(own.map((each) => each.again)) },
    ]),
  )
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0)

function latest(times: readonly (Date | null)[]): Date | null {
  const known = times.filter((each) => each !== null)
  return known.length === 0 ? null : new Date(Math.max(...known.map((each) => +each)))
}
