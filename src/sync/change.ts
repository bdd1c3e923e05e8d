/** Makes a connection, changes it, sets its status, removes it; and says who may not. */
import { BY_HAND } from '../channels/changeSender.ts'
import {
  assertPublicSettings,
  checkSettings,
  mergeSettings,
  type Settings,
} from '../channels/settings.ts'
import type { Connector } from '../connectors/connector.ts'
import { connectors, findConnector } from '../connectors/registry.ts'
import type { Sql } from '../db/db.ts'
import { AppError, invalid } from '../errors.ts'
import type { UrlRules } from '../lib/ssrf.ts'
import { uuid7 } from '../lib/uuid7.ts'
import { type Actor, audit } from '../workspaces/audit/audit.ts'
import { changesOf } from '../workspaces/audit/changes.ts'
import type { SyncDeps } from './deps.ts'
import { type Connection, sealContext } from './directory.ts'
import { scheduleTasks } from './schedule.ts'
import type { ConnectionChange, NewConnection } from './schema.ts'
import {
  type ConnectionPatch,
  type ConnectionRow,
  deleteConnection,
  findConnection,
  insertConnection,
  lockConnection,
  updateConnection,
} from './store/connections.ts'

export interface ChangeContext {
  readonly deps: Pick<SyncDeps, 'sealing' | 'publicUrl' | 'connections'>
  readonly urlRules: UrlRules
  readonly actor: Actor
  readonly now: Date
}

export async function createConnection(
  tx: Sql,
  workspaceId: string,
  request: NewConnection,
  { deps, urlRules, actor, now }: ChangeContext,
): Promise<ConnectionRow> {
  const connector = findConnector(request.connector)
  if (!connector) {
    const known = connectors.map(({ id }) => id).join(', ')
    throw invalid('/connector', `There is no connector ${request.connector}. There is: ${known}.`)
  }
  const settings = newSettings(connector, {}, request.settings, urlRules)
  const id = uuid7()
  const sealed = deps.sealing.seal(JSON.stringify(settings), sealContext(workspaceId, id))
  const row = { workspaceId, id, connector: connector.id, settings: sealed, createdAt: now }
  await insertConnection(tx, { ...row, name: request.name ?? connector.name, origin: 'member' })
  const { publicUrl } = deps
  await scheduleTasks(tx, { row, connector, settings }, { publicUrl, now })
  const details = { connector: connector.id }
  await audit(tx, workspaceId, {
    actor,
    at: now,
    action: 'connection.created',
    target: id,
    details,
  })
  return getConnection(tx, workspaceId, id)
}

export async function changeConnection(
  tx: Sql,
  workspaceId: string,
  { id, change }: { id: string; change: ConnectionChange },
  context: ChangeContext,
): Promise<ConnectionRow> {
  const { deps, now } = context
  const connection = await lock(tx, workspaceId, id, deps)
  assertOurs(connection.row, 'Change it there.')
  const { connector } = connection
  const settings =
    change.settings &&
    newSettings(connector, connection.settings as Settings, change.settings, context.urlRules) // an object
  const sealed =
    settings && deps.sealing.seal(JSON.stringify(settings), sealContext(workspaceId, id))
  const patch = { name: change.name, settings: sealed }
  if (settings) {
    const { publicUrl } = deps
    await scheduleTasks(tx, { row: connection.row, connector, settings }, { publicUrl, now })
  }
  const details = { fields: Object.keys(change) }
  return update(tx, connection.row, patch, { context, action: 'connection.changed', details })
}

export async function pauseConnection(
  tx: Sql,
  workspaceId: string,
  { id, reason }: { id: string; reason?: string | undefined },
  context: ChangeContext,
): Promise<ConnectionRow> {
  const { row } = await lock(tx, workspaceId, id, context.deps)
  const statusReason = reason ? `${BY_HAND}: ${reason}` : BY_HAND
  const patch = { status: 'paused' as const, statusReason }
  return update(tx, row, patch, { context, action: 'connection.paused', details: {} })
}

/** Goes on where it was: what happened meanwhile is read. */
export async function activateConnection(
  tx: Sql,
  workspaceId: string,
  id: string,
  context: ChangeContext,
): Promise<ConnectionRow> {
  const { deps, now } = context
  const { row, connector, settings, fault } = await lock(tx, workspaceId, id, deps)
  if (row.status === 'disabled') {
    throw new AppError('conflict', 'Its variable is gone from the environment. Set it and restart.')
  }
  if (fault !== null) throw new AppError('conflict', fault)
  const { publicUrl } = deps
  await scheduleTasks(tx, { row, connector, settings }, { publicUrl, now })
  const patch = { status: 'active' as const, statusReason: null }
  return update(tx, row, patch, { context, action: 'connection.activated', details: {} })
}

export async function removeConnection(
  tx: Sql,
  workspaceId: string,
  id: string,
  { actor, now }: ChangeContext,
): Promise<void> {
  const row = await lockConnection(tx, workspaceId, id)
  if (!row) throw noSuchConnection()
  assertOurs(row, 'Take its variable out there, or pause it.')
  await deleteConnection(tx, workspaceId, id)
  await audit(tx, workspaceId, { actor, at: now, action: 'connection.deleted', target: id })
}

export async function getConnection(
  tx: Sql,
  workspaceId: string,
  id: string,
): Promise<ConnectionRow> {
  const row = await findConnection(tx, workspaceId, id)
  if (!row) throw noSuchConnection()
  return row
}

const noSuchConnection = () => new AppError('not_found', 'There is no such connection.')

export function assertOurs(row: ConnectionRow, mend: string): void {
  if (row.origin === 'environment')
    throw new AppError('conflict', `This connection is set by the environment. ${mend}`)
}

async function lock(
  tx: Sql,
  workspaceId: string,
  id: string,
  { connections }: ChangeContext['deps'],
): Promise<Connection> {
  const row = await lockConnection(tx, workspaceId, id)
  if (!row) throw noSuchConnection()
  const connection = connections.open(row)
  if (connection) return connection
  throw new AppError('conflict', `This version has no connector ${row.connector}.`)
}

function newSettings(
  connector: Connector,
  stored: Settings,
  change: Settings,
  urlRules: UrlRules,
): Settings {
  const settings = checkSettings(connector, mergeSettings(connector, stored, change))
  assertPublicSettings(connector, settings, urlRules)
  return settings
}

const factsOf = ({ name, status }: ConnectionRow) => ({ name, status })

async function update(
  tx: Sql,
  row: ConnectionRow,
  patch: ConnectionPatch,
  given: { context: ChangeContext; action: string; details: Record<string, string[]> },
): Promise<ConnectionRow> {
  const { context, action, details } = given
  const { actor, now } = context
  const { workspaceId, id } = row
  await updateConnection(tx, workspaceId, id, patch, now)
  const after = await getConnection(tx, workspaceId, id)
  const changes = changesOf(factsOf(row), factsOf(after))
  await audit(tx, workspaceId, {
    ...{ actor, at: now, action, target: id, details: { ...details, ...changes } },
  })
  return after
}
