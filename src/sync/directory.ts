/** The connections of each workspace, opened and ready to call. */
import type { Logger } from 'pino'
import type { Sealing } from '../channels/settings.ts'
import type { Connector, ConnectorContext } from '../connectors/connector.ts'
import { findConnector } from '../connectors/registry.ts'
import type { Clock, Sql } from '../db/db.ts'
import type { Http } from '../lib/http.ts'
import { type BaseUrls, withOperatorsBase } from './baseUrls.ts'
import { classifyOpens } from './classifyOpens.ts'
import { createTimedMap, type TimedMap } from './memory.ts'
import { type Pace, politeHttp } from './politeHttp.ts'
import { type ConnectionRow, findConnection, listConnections } from './store/connections.ts'

const MAX_REMEMBERED = 10_000 // values per connection

export interface Connection {
  readonly row: ConnectionRow
  readonly connector: Connector
  readonly settings: unknown
  /** Why it cannot be used, whatever its status; null when it can. */
  readonly fault: string | null
}

export interface ConnectionDirectory {
  open(row: ConnectionRow): Connection | undefined
  find(sql: Sql, workspaceId: string, id: string): Promise<Connection | undefined>
  /** Those of one connector, in order of use. */
  of(sql: Sql, workspaceId: string, connectorId: string): Promise<Connection[]>
  /** `isTrial`: only to show what would come. */
  context(connection: Connection, as?: { isTrial: boolean }): ConnectorContext<unknown>
}

export interface ConnectionDirectoryOptions {
  readonly clock: Clock
  readonly log: Logger
  readonly sealing: Sealing
  /** For what members typed: guarded against private networks. */
  readonly guardedHttp: Http
  /** For what the operator set in the environment. */
  readonly trustedHttp: Http
  readonly baseUrls: BaseUrls
}

interface Held {
  /** Sealed; what is remembered is by them. */
  readonly settings: string
  readonly pace: Pace
  readonly memory: TimedMap
}

export function createConnectionDirectory(
  options: ConnectionDirectoryOptions,
): ConnectionDirectory {
  const { clock, sealing } = options
  const held = new Map<string, Held>() // a connection's pace outlives its settings

  const open = (row: ConnectionRow): Connection | undefined => {
    const connector = findConnector(row.connector)
    if (!connector) return undefined
    try {
      const text = sealing.unseal(row.settings, sealContext(row.workspaceId, row.id))
      return { row, connector, settings: connector.settings.parse(JSON.parse(text)), fault: null }
    } catch {
      const fault = 'Its settings cannot be read. Was ENCRYPTION_KEY changed? Enter them again.'
      return { row, connector, settings: {}, fault }
    }
  }
  const find = async (sql: Sql, workspaceId: string, id: string) => {
    const row = await findConnection(sql, workspaceId, id)
    return row && open(row)
  }
  const fresh = ({ id, settings }: ConnectionRow): Held => ({
    settings,
    pace: held.get(id)?.pace ?? { notBefore: 0 },
    memory: createTimedMap({ clock, max: MAX_REMEMBERED }),
  })
  const heldBy = (row: ConnectionRow): Held => {
    const known = held.get(row.id)
    if (known?.settings === row.settings) return known
    const made = fresh(row)
    held.set(row.id, made)
    return made
  }
  return {
    open,
    find,
    async of(sql, workspaceId, connectorId) {
      const rows = await listConnections(sql, workspaceId)
      return rows.flatMap((row) => (row.connector === connectorId ? (open(row) ?? []) : []))
    },
    context({ row, connector, settings }, { isTrial } = { isTrial: false }) {
      const { pace, memory } = isTrial ? fresh(row) : heldBy(row)
      const redirected = withOperatorsBase(connector.id, settings, options.baseUrls)
      const isTrusted = row.origin === 'environment' || redirected !== undefined
      const plain = isTrusted ? options.trustedHttp : options.guardedHttp
      return {
        settings: redirected ?? settings,
        http: politeHttp(plain, pace, connector.auth(settings)),
        now: () => clock.now(),
        log: options.log,
        memory,
        isTrial,
        since: row.since,
        classifyOpens,
      }
    },
  }
}

/** Binds sealed settings to their row, so that they open nowhere else. */
export function sealContext(workspaceId: string, connectionId: string): string {
  return `${workspaceId}|connections|settings|${connectionId}`
}

export function keyContext(workspaceId: string, connectionId: string): string {
  return `${workspaceId}|connections|subscription_key|${connectionId}`
}

/** Where the system over there is to call us; null when it does not. */
export function callbackUrlOf(
  { row, connector }: Pick<Connection, 'row' | 'connector'>,
  publicUrl: string,
): string | null {
  if (!connector.callbacks) return null
  const url = `${publicUrl}/webhook/${connector.callbacks.path}`
  return row.origin === 'environment' ? url : `${url}/${row.id}`
}
