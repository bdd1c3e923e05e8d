/** Connections as they go out. No secret leaves by here. */
import type { z } from 'zod'
import { masked, type Settings, settingsSchema } from '../channels/settings.ts'
import type { Connector } from '../connectors/connector.ts'
import type { SyncDeps } from './deps.ts'
import { type Connection, callbackUrlOf } from './directory.ts'
import type { ConnectionView, ConnectorEntry, RunView } from './schema.ts'
import type { ConnectionRow } from './store/connections.ts'
import type { RunRow } from './store/runs.ts'
import type { ListedTask } from './store/tasks.ts'

export const SILENT_MS = 30 * 60_000 // webhooks may come later than a poll, but not by this much

/** Polls find what webhooks should have told, and have for a while. */
export function isSilent(
  { missed, missedSince }: Pick<ConnectionRow, 'missed' | 'missedSince'>,
  now: Date,
): boolean {
  return missed > 0 && missedSince !== null && +now - +missedSince >= SILENT_MS
}

export function connectionView(
  connection: Connection | undefined,
  row: ConnectionRow,
  tasks: readonly ListedTask[],
  deps: Pick<SyncDeps, 'publicUrl' | 'db'>,
): ConnectionView {
  const now = deps.db.clock.now()
  const unknown = `This version has no connector ${row.connector}.`
  const usable = connection !== undefined && connection.fault === null
  return {
    ...{ id: row.id, connector: row.connector, name: row.name, status: row.status },
    status_reason: row.statusReason,
    settings: usable ? masked(connection.connector, connection.settings as Settings) : null, // an object
    settings_fault: connection === undefined ? unknown : connection.fault,
    origin: row.origin,
    since: row.since.toISOString(),
    callback_url: connection ? callbackUrlOf(connection, deps.publicUrl) : null,
    webhook: {
      subscribed: row.subscriptionId !== null,
      last_at: row.callbackAt?.toISOString() ?? null,
      ...{ received: row.callbacksReceived, rejected: row.callbacksRejected },
      silent: isSilent(row, now),
    },
    tasks: tasks.filter((task) => task.connectionId === row.id).map((task) => taskView(task, now)),
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  }
}

const taskView = (task: ListedTask, now: Date) => ({
  name: task.task,
  running: task.lease !== null && task.leaseUntil !== null && task.leaseUntil > now,
  last_at: task.lastAt?.toISOString() ?? null,
  next_at: task.dueAt?.toISOString() ?? null,
  failures: task.attempts,
  last_error: task.lastError,
  limited: task.limited,
  progress:
    task.startedAt === null
      ? null
      : { records: task.records ?? 0, of: task.expected, since: task.startedAt.toISOString() },
})

export const connectorEntry = (connector: Connector): z.infer<typeof ConnectorEntry> => ({
  id: connector.id,
  name: connector.name,
  settings: settingsSchema(connector),
  sources: Object.entries(connector.sources).map(([id, { title }]) => ({ id, title })),
  actions: Object.entries(connector.actions).map(([id, { title }]) => ({ id, title })),
  webhooks: connector.callbacks !== undefined,
})

export const runView = (row: RunRow): z.infer<typeof RunView> => ({
  ...{ id: row.id, connection_id: row.connectionId, task: row.task, status: row.status },
  ...{ pages: row.pages, records: row.records, events: row.events },
  ...{ expected: row.expected, error: row.error },
  started_at: row.startedAt.toISOString(),
  ended_at: row.endedAt?.toISOString() ?? null,
})
