/** Puts sync/ together, for app.ts and the command line. */
import type { FastifyPluginAsync } from 'fastify'
import type { Logger } from 'pino'
import type { Sealing } from '../channels/settings.ts'
import type { Db } from '../db/db.ts'
import type { Http } from '../lib/http.ts'
import type { UrlRules } from '../lib/ssrf.ts'
import type { CallbackReader } from '../tracking/callbacks/connectionCallback.ts'
import { type Act, createAct } from './act.ts'
import { baseUrlsOf } from './baseUrls.ts'
import { createCallbackReader, type WebhookDeps } from './callbacks.ts'
import { contactLinkRoutes } from './contactLinkRoutes.ts'
import type { SyncDeps } from './deps.ts'
import { createConnectionDirectory } from './directory.ts'
import { createSyncEngine, type SyncEngine } from './engine.ts'
import { type SyncFigures, syncFigures } from './figures.ts'
import { readRoutes, runRoutes } from './routes.ts'
import { createSeen } from './seen.ts'
import { tryRoutes } from './tryRoutes.ts'
import { webhookRoutes } from './webhookRoutes.ts'
import { stateRoutes, writeRoutes } from './writeRoutes.ts'

export interface SyncOptions {
  readonly db: Db
  readonly log: Logger
  readonly sealing: Sealing
  readonly publicUrl: string
  readonly guardedHttp: Http
  readonly trustedHttp: Http
  /** The operator's; the addresses of vendors' APIs are read from them. */
  readonly variables: Readonly<Record<string, unknown>>
  /** How long keys of events stay in memory, in hours. */
  readonly cacheHours: number
  readonly urlRules?: UrlRules
  readonly presence?: SyncDeps['presence'] & {}
  /** New events are committed. */
  onEvents?(): void
}

export interface Sync extends SyncEngine {
  readonly deps: SyncDeps
  /** Calls an action of a connector; journeys do. */
  readonly act: Act
  /** What callbacks of connectors come to; tracking's processor asks. */
  readonly readCallback: CallbackReader
  readonly routes: FastifyPluginAsync
  webhooks(
    given: Pick<WebhookDeps, 'defaultWorkspaceId' | 'onForged'> & { onTaken(): void },
  ): FastifyPluginAsync
  /** For /stats. */
  figures(workspaceId: string, connectorId: string): Promise<SyncFigures>
}

export function buildSync(options: SyncOptions): Sync {
  const { db, log, sealing, publicUrl, guardedHttp, trustedHttp, onEvents = () => {} } = options
  const connections = createConnectionDirectory({
    ...{ clock: db.clock, log, sealing, guardedHttp, trustedHttp },
    baseUrls: baseUrlsOf(options.variables),
  })
  const seen = createSeen({ clock: db.clock, hours: options.cacheHours })
  const deps: SyncDeps = {
    ...{ db, log, sealing, publicUrl, connections, seen, onEvents },
    ...(options.presence ? { presence: options.presence } : {}),
  }
  const engine = createSyncEngine(deps)
  const routeDeps = {
    ...deps,
    onDue: () => engine.poke(),
    ...(options.urlRules ? { urlRules: options.urlRules } : {}),
  }
  return {
    ...engine,
    deps,
    act: createAct(deps),
    readCallback: createCallbackReader(deps),
    routes: async (server) => {
      for (const routes of [
        ...[readRoutes, writeRoutes, stateRoutes, runRoutes, tryRoutes, contactLinkRoutes],
      ])
        await server.register(routes(routeDeps))
    },
    webhooks: (given) => webhookRoutes({ ...deps, ...given }),
    figures: (workspaceId, connectorId) => syncFigures(deps, workspaceId, connectorId),
  }
}
