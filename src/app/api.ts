/** The routes of the role serve: the API. What recipients and vendors reach is registered in app.ts. */
import { growthRoutes } from '../analytics/growthRoutes.ts'
import { openRoutes } from '../analytics/opens/routes.ts'
import { statsRoutes } from '../analytics/opens/statsRoutes.ts'
import { analyticsRoutes } from '../analytics/routes.ts'
import { recordRoutes } from '../channels/recordRoutes.ts'
import { providerRoutes } from '../channels/routes.ts'
import type { Config } from '../config.ts'
import { connectors } from '../connectors/registry.ts'
import { preferenceRoutes } from '../consent/preferenceRoutes.ts'
import { consentRoutes } from '../consent/routes.ts'
import { subjectRoutes } from '../consent/subjectRoutes.ts'
import { importRoutes } from '../contacts/importRoutes.ts'
import { contactRoutes } from '../contacts/routes.ts'
import type { Db } from '../db/db.ts'
import type { Live } from '../events/live.ts'
import { eventRoutes } from '../events/routes.ts'
import { streamRoutes } from '../events/streamRoutes.ts'
import { eraseRequests } from '../http/requests/forget.ts'
import { requestRoutes } from '../http/requests/routes.ts'
import type { Server } from '../http/server.ts'
import type { JourneyEngine } from '../journeys/engine/engine.ts'
import { eraseRuns, exportRuns } from '../journeys/forget.ts'
import type { provisionRecipes } from '../journeys/recipes/provision.ts'
import { recipeRoutes } from '../journeys/recipes/routes.ts'
import { journeyRoutes } from '../journeys/routes.ts'
import { runChangeRoutes } from '../journeys/runChangeRoutes.ts'
import { runRoutes } from '../journeys/runRoutes.ts'
import { simulateRoutes } from '../journeys/simulate/routes.ts'
import { surroundingsIn } from '../journeys/surroundings.ts'
import { createDns } from '../lib/dns.ts'
import { bulkRoutes } from '../messages/bulkRoutes.ts'
import { eraseMessages, exportMessages } from '../messages/forget.ts'
import { messageRoutes } from '../messages/routes.ts'
import type { Sync } from '../sync/build.ts'
import { templateRoutes } from '../templates/routes.ts'
import { testSenderRoutes } from '../templates/testSender.ts'
import type { Access } from '../workspaces/access.ts'
import type { createAuthenticator } from '../workspaces/authenticate.ts'
import type { WorkspaceHook } from '../workspaces/createWorkspace.ts'
import { workspaceRoutes } from '../workspaces/routes.ts'
import type { Assembly } from './assemble.ts'

interface Ground {
  readonly config: Config
  readonly db: Db
  readonly access: Access
  readonly authenticator: ReturnType<typeof createAuthenticator>
  readonly hooks: readonly WorkspaceHook[]
  readonly assembly: Assembly
  readonly sync: Sync
  readonly journeys: Pick<JourneyEngine, 'poke'>
  readonly live: Live
  readonly recipes: Parameters<typeof provisionRecipes>[2]
  readonly defaultWorkspaceId: string
}

export async function registerApi(server: Server, ground: Ground): Promise<void> {
  const { config, db, access, authenticator, hooks, assembly, defaultWorkspaceId } = ground
  const { sync, journeys, live, recipes } = ground
  const { directories, sealing, engine, acceptor, waiting, render } = assembly
  const { senders, workspaces } = directories
  const publicUrl = config.PUBLIC_URL
  await server.register(sync.routes)
  await server.register(requestRoutes)
  await server.register(workspaceRoutes({ access, authenticator, hooks }))
  await server.register(
    providerRoutes({
      db,
      senders,
      sealing,
      publicUrl,
      onActivated: engine.poke,
    }),
  )
  const dns = createDns(config.DNS_SERVERS)
  await server.register(recordRoutes({ senders, dns, publicUrl, clock: db.clock }))
  const testing = { db, directories, publicUrl }
  await server.register(templateRoutes(testing))
  await server.register(testSenderRoutes(testing))
  await server.register(
    messageRoutes({
      db,
      directories,
      acceptor,
      waiting,
      render,
    }),
  )
  await server.register(bulkRoutes({ db }))
  const surroundings = surroundingsIn(db, connectors)
  await server.register(journeyRoutes({ db, surroundings, onChanged: journeys.poke }))
  await server.register(simulateRoutes({ db, directories, publicUrl, surroundings }))
  await server.register(runRoutes)
  await server.register(runChangeRoutes({ db, workspaces, onDue: journeys.poke }))
  await server.register(recipeRoutes({ ...recipes, workspaceId: defaultWorkspaceId }))
  await server.register(
    statsRoutes({
      ...{ db, senders, figures: sync.figures, open: config.STATS_PUBLIC },
      defaultWorkspaceId,
    }),
  )
  await server.register(
    openRoutes({
      ...{ db, workspaces, open: config.STATS_PUBLIC },
      defaultWorkspaceId,
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
