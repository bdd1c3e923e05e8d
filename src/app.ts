/**
 * Puts it together: the one place that knows every room. `assemble` makes what sends;
 * `startApp` adds what listens, what projects and what runs on a schedule.
 */
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { growthRoutes } from './analytics/growthRoutes.ts'
import { openEvents, projectOpens } from './analytics/opens/project.ts'
import { openRoutes } from './analytics/opens/routes.ts'
import { statsRoutes } from './analytics/opens/statsRoutes.ts'
import { analyticsRoutes } from './analytics/routes.ts'
import { createSenderDirectory, type DirectoryOptions } from './channels/directory.ts'
import { provisionFromEnvironment, provisionWorkspace } from './channels/provision.ts'
import { recordRoutes } from './channels/recordRoutes.ts'
import { providerRoutes } from './channels/routes.ts'
import type { Sealing } from './channels/settings.ts'
import type { Config } from './config.ts'
import { connectors } from './connectors/registry.ts'
import { createTopicDirectory } from './consent/directory.ts'
import { preferenceRoutes } from './consent/preferenceRoutes.ts'
import { consentRoutes } from './consent/routes.ts'
import { subjectRoutes } from './consent/subjectRoutes.ts'
import { importRoutes } from './contacts/importRoutes.ts'
import { contactJobs, contactSchedules } from './contacts/jobs.ts'
import { contactRoutes } from './contacts/routes.ts'
import { connect, type DatabaseAddress, type Db, inWorkspace, openDb } from './db/db.ts'
import { migrate } from './db/migrate.ts'
import { announce } from './db/presence.ts'
import { refuseSuperuser } from './db/refuseSuperuser.ts'
import { AppError } from './errors.ts'
import { eventJobs, eventSchedules } from './events/jobs.ts'
import { createLive } from './events/live.ts'
import { ensurePartitions } from './events/partitions.ts'
import { eventRoutes } from './events/routes.ts'
import { streamRoutes } from './events/streamRoutes.ts'
import { createSubscriber } from './events/subscribe.ts'
import { setInterests } from './events/subscribers.ts'
import { eraseRequests } from './http/requests/forget.ts'
import { requestJobs, requestSchedules } from './http/requests/jobs.ts'
import { ensureDays } from './http/requests/partitions.ts'
import { requestRoutes } from './http/requests/routes.ts'
import { createRequestLog } from './http/requests/watch.ts'
import { createServer } from './http/server.ts'
import { systemRoutes } from './http/systemRoutes.ts'
import { startJobs } from './jobs/jobs.ts'
import { buildJourneys } from './journeys/build.ts'
import { eraseRuns, exportRuns } from './journeys/forget.ts'
import { countRunsInNeed, listLateJourneys } from './journeys/health.store.ts'
import { provisionRecipes } from './journeys/recipes/provision.ts'
import { loadRecipes } from './journeys/recipes/recipe.ts'
import { recipeRoutes } from './journeys/recipes/routes.ts'
import { journeyRoutes } from './journeys/routes.ts'
import { runChangeRoutes } from './journeys/runChangeRoutes.ts'
import { runRoutes } from './journeys/runRoutes.ts'
import { simulateRoutes } from './journeys/simulate/routes.ts'
import { surroundingsIn } from './journeys/surroundings.ts'
import { open, seal } from './lib/crypt.ts'
import { createDns } from './lib/dns.ts'
import { createMac, deriveKey } from './lib/hmac.ts'
import { createHttp } from './lib/http.ts'
import { createMetrics } from './lib/metrics.ts'
import { loadSecrets, type Secrets } from './lib/secrets.ts'
import { createTokens } from './lib/token.ts'
import { createAcceptor } from './messages/accept.ts'
import { createWaiting } from './messages/await.ts'
import { bulkRoutes } from './messages/bulkRoutes.ts'
import { buildDispatch, type DispatchOptions } from './messages/dispatch/build.ts'
import { createEditor } from './messages/editor.ts'
import type { Directories } from './messages/facts.ts'
import { createFallbacks } from './messages/fallback.ts'
import { eraseMessages, exportMessages } from './messages/forget.ts'
import { messageJobs, messageSchedules } from './messages/jobs.ts'
import type { RenderDeps } from './messages/render.ts'
import { messageRoutes } from './messages/routes.ts'
import { buildSync } from './sync/build.ts'
import { provisionConnections } from './sync/provision.ts'
import { createTemplateDirectory } from './templates/directory.ts'
import { templateRoutes } from './templates/routes.ts'
import { closeSandbox } from './templates/sandbox.ts'
import { testSenderRoutes } from './templates/testSender.ts'
import { createCallbackProcessor } from './tracking/callbacks/processor.ts'
import { createCounters } from './tracking/counters.ts'
import { createDestinations } from './tracking/intake/destinations.ts'
import { createTrackingHandler } from './tracking/intake/handler.ts'
import { createHitRecorder } from './tracking/intake/recorder.ts'
import { trackingJobs, trackingSchedules } from './tracking/jobs.ts'
import { createProjector } from './tracking/project/projector.ts'
import { createReceiver } from './tracking/receive.ts'
import { trackingRoutes } from './tracking/routes.ts'
import type { Auth } from './workspaces/auth.ts'
import { createAuthenticator } from './workspaces/authenticate.ts'
import { ensureDefaultWorkspace, type WorkspaceHook } from './workspaces/createWorkspace.ts'
import { createWorkspaceDirectory } from './workspaces/directory.ts'
import { workspaceJobs, workspaceSchedules } from './workspaces/jobs.ts'
import { ensureOwner } from './workspaces/members/setupOwner.ts'
import { workspaceRoutes } from './workspaces/routes.ts'

const OPENS = 'opens' // who adds up opens of mail that other systems sent
const TRACKING_KEY_ID = 1 // the key that signs; older ones would be added beside it

export interface AssembleOptions {
  readonly db: Db
  readonly address: DatabaseAddress
  readonly log: Logger
  readonly secrets: Secrets
  readonly publicUrl: string
  readonly roles: readonly string[]
  /** Receipts that come with an acceptance; tracking takes them. */
  onReceipts: DispatchOptions['onReceipts']
  /** The operator's, for the addresses of vendors' APIs. */
  variables?: DirectoryOptions['variables']
  onSent?: DispatchOptions['onSent']
}

export type Assembly = Awaited<ReturnType<typeof assemble>>

/** Everything between an accepted message and its provider. Nothing runs before `engine.start()`. */
export async function assemble(options: AssembleOptions) {
  const { db, log, secrets, publicUrl } = options
  const sealing = {
    seal: (text: string, context: string) => seal(secrets.encryptionKey, text, context),
    unseal: (sealed: string, context: string) => open(secrets.encryptionKey, sealed, context),
  }
  const guardedHttp = createHttp({ guard: true })
  const trustedHttp = createHttp({ guard: false })
  const senders = createSenderDirectory({
    db,
    log,
    publicUrl,
    guardedHttp,
    trustedHttp,
    variables: options.variables ?? {},
    unseal: sealing.unseal,
  })
  const directories: Directories = {
    workspaces: createWorkspaceDirectory(db),
    senders,
    templates: createTemplateDirectory(db, publicUrl),
    topics: createTopicDirectory(db),
  }
  const tokens = createTokens({
    keys: new Map([[TRACKING_KEY_ID, deriveKey(secrets.encryptionKey, 'tracking')]]),
    current: TRACKING_KEY_ID,
  })
  const mac = createMac(deriveKey(secrets.encryptionKey, 'message-id'))
  const render: RenderDeps = { templates: directories.templates, tokens, mac, publicUrl }
  const waiting = createWaiting(db)
  const presence = await announce(db, options.address, options.roles)
  const engine = buildDispatch({
    db,
    log,
    presence,
    directories,
    render,
    onSent: options.onSent ?? (() => {}),
    onReceipts: options.onReceipts,
    onSettled: waiting.notify,
  })
  const acceptor = createAcceptor({ db, directories, onAccepted: engine.poke })
  const editor = createEditor({ db, log, directories, render })
  const fallbacks = createFallbacks({ db, log, directories, onSent: engine.poke })
  return {
    directories,
    sealing,
    tokens,
    mac,
    render,
    waiting,
    presence,
    engine,
    acceptor,
    editor,
    fallbacks,
    /** Stops sending, then closes connections to vendors. */
    async close() {
      await acceptor.drain()
      await editor.stop()
      await fallbacks.stop()
      await engine.stop()
      await senders.close()
      await Promise.all([guardedHttp.close(), trustedHttp.close()])
      await presence.close()
    },
  }
}

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
  const projector = createProjector({ db, templates, log, counters, logPii: config.LOG_PII })
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
  const metrics = createMetrics([
    {
      name: 'messages_taken_total',
      help: 'Messages read by this process to be sent.',
      value: () => assembly.engine.stats.taken,
    },
    {
      name: 'messages_recovered_total',
      help: 'Messages taken over from dead processes.',
      value: () => assembly.engine.stats.recovered,
    },
    {
      name: 'settlements_fenced_total',
      help: 'Settlements that came after somebody else had taken over.',
      value: () => assembly.engine.stats.fenced,
    },
    { name: 'tracking_hits_total', help: 'Opens and clicks taken in.', value: () => counters.hits },
    {
      name: 'tracking_spooled_total',
      help: 'Hits that waited on disk for the database.',
      value: () => counters.spooled,
    },
    {
      name: 'tracking_forged_total',
      help: 'Tracking tokens that we did not sign.',
      value: () => counters.forgedTokens,
    },
    {
      name: 'callbacks_total',
      help: 'Vendor callbacks taken in.',
      value: () => counters.callbacks,
    },
    {
      name: 'journey_steps_total',
      help: 'Runs of journeys that this process took on.',
      value: () => journeys.stats.steps,
    },
    {
      name: 'journey_runs_attention',
      help: 'Runs of journeys that a person should look at, in all workspaces.',
      value: () => countRunsInNeed(db.engine),
    },
    {
      name: 'journey_runs_late_seconds',
      help: 'For how long the run that is due for longest has been due.',
      value: async () => {
        const now = db.clock.now()
        const [late] = await listLateJourneys(db.engine, now, 1)
        return late ? (+now - +late.dueAt) / 1000 : 0
      },
    },
    {
      name: 'callbacks_failed_total',
      help: 'Vendor callbacks that could not be processed.',
      value: () => counters.callbacksFailed,
    },
  ])
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
  if (roles.includes('serve')) {
    await server.register(sync.routes)
    await server.register(requestRoutes)
    await server.register(workspaceRoutes({ access, authenticator, hooks }))
    await server.register(
      providerRoutes({
        db,
        senders,
        sealing,
        publicUrl: config.PUBLIC_URL,
        onActivated: assembly.engine.poke,
      }),
    )
    const dns = createDns(config.DNS_SERVERS)
    await server.register(
      recordRoutes({ senders, dns, publicUrl: config.PUBLIC_URL, clock: db.clock }),
    )
    const testing = { db, directories, publicUrl: config.PUBLIC_URL }
    await server.register(templateRoutes(testing))
    await server.register(testSenderRoutes(testing))
    await server.register(
      messageRoutes({
        db,
        directories,
        acceptor: assembly.acceptor,
        waiting: assembly.waiting,
        render: assembly.render,
      }),
    )
    await server.register(bulkRoutes({ db }))
    const surroundings = surroundingsIn(db, connectors)
    await server.register(journeyRoutes({ db, surroundings, onChanged: journeys.poke }))
    await server.register(
      simulateRoutes({ db, directories, publicUrl: config.PUBLIC_URL, surroundings }),
    )
    await server.register(runRoutes)
    await server.register(runChangeRoutes({ db, workspaces, onDue: journeys.poke }))
    await server.register(recipeRoutes({ ...recipes, workspaceId: workspace.id }))
    await server.register(
      statsRoutes({
        ...{ db, senders, figures: sync.figures, open: config.STATS_PUBLIC },
        defaultWorkspaceId: workspace.id,
      }),
    )
    await server.register(
      openRoutes({
        ...{ db, workspaces, open: config.STATS_PUBLIC },
        defaultWorkspaceId: workspace.id,
      }),
    )
    for (const routes of [
      contactRoutes,
      importRoutes,
      consentRoutes,
      preferenceRoutes,
      eventRoutes,
      analyticsRoutes,
      growthRoutes,
    ]) {
      await server.register(routes, { db })
    }
    await server.register(streamRoutes, {
      ...{ db, live },
      authenticate: (request) => authenticator.authenticate(request),
    })
    await server.register(subjectRoutes, {
      db,
      erasers: [eraseMessages, eraseRuns, eraseRequests],
      exporters: { messages: exportMessages, journeys: exportRuns },
    })
  }

  const works = roles.includes('work')
  const contentDays = config.CONTENT_RETENTION_DAYS
  const jobs = await startJobs({
    ownerAddress: address,
    handlers: {
      ...contactJobs(db),
      ...eventJobs({ db, ownerAddress: address, retentionMonths: config.EVENT_RETENTION_MONTHS }),
      ...workspaceJobs(db, log),
      ...requestJobs({ db, ownerAddress: address, days: config.REQUEST_LOG_DAYS, contentDays }),
      ...messageJobs({ db, contentDays }),
      ...trackingJobs({
        db,
        eventMonths: config.EVENT_RETENTION_MONTHS,
        callbackDays: config.CALLBACK_RETENTION_DAYS,
      }),
    },
    schedules: [
      ...contactSchedules,
      ...eventSchedules,
      ...workspaceSchedules,
      ...requestSchedules,
      ...messageSchedules,
      ...trackingSchedules,
    ],
    log,
    work: works,
  })
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

/** What the environment names, and what every workspace has; read again at each start. */
async function provision(
  db: Db,
  { workspaceId, config, log, sealing, recipes }: Provisioned,
): Promise<void> {
  const now = db.clock.now()
  const publicUrl = config.PUBLIC_URL
  await inWorkspace(db, workspaceId, async (tx) => {
    await provisionWorkspace(tx, workspaceId, now, sealing.seal)
    await provisionFromEnvironment(tx, workspaceId, config, now, sealing)
    await provisionConnections(tx, workspaceId, config, { sealing, publicUrl }, now)
    await setInterests(tx, workspaceId, OPENS, openEvents)
  })
  const { warnings } = await inWorkspace(db, workspaceId, (tx) =>
    provisionRecipes(tx, workspaceId, recipes, now),
  )
  for (const warning of warnings) log.warn(warning)
  await ensureOwner(db, config, workspaceId)
}

interface Provisioned {
  readonly workspaceId: string
  readonly config: Config
  readonly log: Logger
  readonly sealing: Sealing
  readonly recipes: Parameters<typeof provisionRecipes>[2]
}

/** What belongs into every new workspace. */
export const workspaceHooks = ({ seal: sealWith }: Sealing): readonly WorkspaceHook[] => [
  (tx, workspace, now) => provisionWorkspace(tx, workspace.id, now, sealWith),
  (tx, workspace) => setInterests(tx, workspace.id, OPENS, openEvents),
]

/** Adds up opens of mail that other systems sent. */
export const createOpensSubscriber = (options: { db: Db; log: Logger }) =>
  createSubscriber({ ...options, name: OPENS, handle: projectOpens })

/** As the owner of the schema, before anything else connects. */
export async function migrateAs(
  address: DatabaseAddress,
  log: Logger,
  config: Pick<Config, 'ENVIRONMENT' | 'ALLOW_SUPERUSER'>,
): Promise<string[]> {
  const owner = connect(address, { max: 1 })
  try {
    await refuseSuperuser(owner, config)
    const applied = await migrate(owner)
    await ensurePartitions(owner, new Date())
    await ensureDays(owner, new Date())
    if (applied.length > 0) log.info({ migrations: applied.length }, 'database migrated')
    return applied
  } finally {
    await owner.end({ timeout: 5 })
  }
}

const isTaken = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'

function listeningUrl(address: AddressInfo | string | null): string | null {
  return typeof address === 'object' && address ? `http://localhost:${address.port}` : address
}
