/**
 * Puts it together: with the files in app/ the one place that knows every room. `assemble` makes what
 * sends; `startApp` adds what listens, what projects and what runs on a schedule.
 */
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { registerApi } from './app/api.ts'
import { assemble } from './app/assemble.ts'
import { createFigures } from './app/figures.ts'
import { startAllJobs } from './app/jobs.ts'
import { migrateAs } from './app/migrateAs.ts'
import { createOpensSubscriber, provision, workspaceHooks } from './app/provision.ts'
import type { Config } from './config.ts'
import { type DatabaseAddress, type Db, openDb } from './db/db.ts'
import { AppError } from './errors.ts'
import { createLive } from './events/live.ts'
import { createRequestLog } from './http/requests/watch.ts'
import { createServer } from './http/server.ts'
import { systemRoutes } from './http/systemRoutes.ts'
import { buildJourneys } from './journeys/build.ts'
import { loadRecipes } from './journeys/recipes/recipe.ts'
import { createDns } from './lib/dns.ts'
import { createHttp } from './lib/http.ts'
import { loadSecrets, type Secrets } from './lib/secrets.ts'
import { buildSync } from './sync/build.ts'
import { closeSandbox } from './templates/sandbox.ts'
import { createCallbackProcessor } from './tracking/callbacks/processor.ts'
import { createCounters } from './tracking/counters.ts'
import { createDestinations } from './tracking/intake/destinations.ts'
import { createTrackingHandler } from './tracking/intake/handler.ts'
import { createHitRecorder } from './tracking/intake/recorder.ts'
import { createNetworks } from './tracking/lookups/networks.ts'
import { createProjector } from './tracking/project/projector.ts'
import { createReceiver } from './tracking/receive.ts'
import { trackingRoutes } from './tracking/routes.ts'
import type { Auth } from './workspaces/auth.ts'
import { createAuthenticator } from './workspaces/authenticate.ts'
import { ensureDefaultWorkspace } from './workspaces/createWorkspace.ts'

export type Role = 'serve' | 'work' | 'track'
export const allRoles: readonly Role[] = ['serve', 'work', 'track']

export interface AppOptions {
  readonly config: Config
  readonly address: DatabaseAddress
  readonly log: Logger
  readonly version: string
  readonly roles: readonly Role[]
  /** A tool that asks the routes itself: it listens nowhere, and provisions nothing. */
  readonly caller?: Auth
}

export interface App {
  /** Where it listens; null without the roles serve and track. */
  readonly url: string | null
  readonly db: Db
  readonly secrets: Secrets
  readonly defaultWorkspaceId: string
  /** Answers as over HTTP, without a connection. */
  ask(request: Question): Promise<{ status: number; type: string; text: string }>
  /** Drains and stops: no new work, what is on its way ends, connections close. */
  stop(): Promise<void>
}

export interface Question {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly type?: string
  readonly body?: string | Buffer
}

/** Migrates, provisions and starts the roles that were asked for. */
export async function startApp(options: AppOptions): Promise<App> {
  const { config, address, log, roles, caller } = options
  await migrateAs(address, log, config)
  const db = await openDb(address, { connections: config.DATABASE_CONNECTIONS })
  const secrets = await loadSecrets(config, config.DATA_DIR)
  const counters = createCounters()
  const receive = createReceiver({ db, onHits: () => projector.poke() })
  const assembly = await assemble({
    ...{ db, address, log, secrets, roles: caller ? ['tool'] : roles },
    publicUrl: config.PUBLIC_URL,
    variables: config,
    onReceipts: (row, receipts) => receive(row, receipts),
    onSent: (sender, ms) => metrics.sent(sender.channel, sender.provider.id, ms / 1000),
  })
  const { directories, sealing } = assembly
  const hooks = workspaceHooks(sealing)
  const workspace = await ensureDefaultWorkspace(db, config, hooks)
  const recipes = { recipes: loadRecipes(), environment: config }
  if (!caller) await provision(db, { workspaceId: workspace.id, config, log, sealing, recipes })

  const { templates, senders, workspaces } = directories
  const dns = createDns(config.DNS_SERVERS, 1) // one try: what nobody answers is asked again by the next hit
  const networks = config.NETWORK_LOOKUPS
    ? createNetworks({ dns, counters, clock: db.clock })
    : undefined
  const { LOG_PII: logPii } = config
  const projector = createProjector({ db, templates, log, counters, logPii, networks })
  const recorder = createHitRecorder({
    db,
    log,
    counters,
    spoolDir: join(config.DATA_DIR, 'spool'),
    onRecorded: projector.poke,
  })
  const guardedHttp = createHttp({ guard: true })
  const trustedHttp = createHttp({ guard: false })
  const sync = buildSync({
    ...{ db, log, sealing, guardedHttp, trustedHttp, presence: assembly.presence },
    variables: config,
    publicUrl: config.PUBLIC_URL,
    cacheHours: config.CACHE_RETENTION_HOURS,
    onEvents: () => journeys.hear(), // those of other processes are found a moment later
  })
  const processor = createCallbackProcessor({
    ...{ db, senders, log, counters, onHits: projector.poke },
    readConnection: sync.readCallback,
    onEvents: () => journeys.hear(),
  })
  const live = createLive({ db, log })
  const opens = createOpensSubscriber({ db, log })
  const journeys = buildJourneys({
    ...{ db, log, directories, http: guardedHttp, presence: assembly.presence },
    act: sync.act,
    onSent: assembly.engine.poke,
    onEdited: assembly.editor.poke,
  })
  const metrics = createFigures({ db, engine: assembly.engine, journeys, counters })
  const access = { db, config, secrets }
  const authenticator = createAuthenticator(access, (error) =>
    log.warn({ err: error }, 'noting the use of keys failed'),
  )
  const handler = createTrackingHandler({
    ...{ tokens: assembly.tokens, clock: db.clock, recorder, counters },
    destinations: createDestinations({ db, templates }),
    trustProxy: config.TRUST_PROXY,
  })
  const listens = !caller && (roles.includes('serve') || roles.includes('track'))
  const server = createServer({
    ...{ config, db, log, version: options.version },
    authenticate: async (request) => caller ?? authenticator.authenticate(request),
    intercept: handler,
  })
  const requests = createRequestLog({ db, log })
  const notes = !caller && roles.includes('serve') && config.REQUEST_LOG_DAYS > 0
  if (notes) requests.watch(server)
  await server.register(
    systemRoutes({ config, db, version: options.version, metrics: metrics.registry }),
  )
  await server.register(
    trackingRoutes({
      ...{
        db,
        tokens: assembly.tokens,
        mac: assembly.mac,
        workspaces,
        senders,
        publicUrl: config.PUBLIC_URL,
        counters,
        handler,
        defaultWorkspaceId: workspace.id,
      },
      onCallback: processor.poke,
      onHits: projector.poke,
    }),
  )
  await server.register(
    sync.webhooks({
      defaultWorkspaceId: workspace.id,
      onForged: () => counters.callbacksForged++,
      onTaken: () => {
        counters.callbacks++
        processor.poke()
      },
    }),
  )
  if (roles.includes('serve'))
    await registerApi(server, {
      ...{ config, db, access, authenticator, hooks, assembly, sync, journeys, live, recipes },
      defaultWorkspaceId: workspace.id,
    })

  const works = roles.includes('work')
  const jobs = await startAllJobs({ config, db, address, log, works })
  recorder.start()
  if (notes) requests.start()
  projector.start()
  processor.start()
  if (works) {
    await assembly.engine.start()
    assembly.editor.start()
    assembly.fallbacks.start()
    journeys.start()
    opens.start()
    sync.start()
  }
  const stop = async () => {
    await server.close()
    if (notes) await requests.stop()
    await Promise.all([journeys.stop(), opens.stop(), sync.stop(), live.stop()])
    await assembly.close()
    await recorder.stop()
    await Promise.all([projector.stop(), processor.stop(), jobs.stop()])
    await Promise.all([guardedHttp.close(), trustedHttp.close()])
    await authenticator.close()
    await closeSandbox()
    await db.close()
  }
  if (listens) {
    await server.listen({ host: config.HOST, port: config.PORT }).catch(async (error: unknown) => {
      await stop()
      throw isTaken(error)
        ? new AppError(
            'conflict',
            `Another program listens on port ${config.PORT}. Stop it, or set PORT to a free one.`,
          )
        : error
    })
  }

  return {
    url: listens ? listeningUrl(server.server.address()) : null,
    db,
    secrets,
    defaultWorkspaceId: workspace.id,
    async ask({ method, path, type = 'application/json', body }) {
      const answer = await server.inject({
        ...{ method, url: path },
        ...(body === undefined ? {} : { payload: body, headers: { 'content-type': type } }),
      })
      const kind = String(answer.headers['content-type'] ?? '')
      return { status: answer.statusCode, type: kind, text: answer.payload }
    },
    stop,
  }
}

const isTaken = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'

function listeningUrl(address: AddressInfo | string | null): string | null {
  return typeof address === 'object' && address ? `http://localhost:${address.port}` : address
}
