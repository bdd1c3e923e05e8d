/** What a connection would bring, before it does: with settings that are not saved yet, too. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import {
  assertPublicSettings,
  checkSettings,
  mergeSettings,
  type Settings,
} from '../channels/settings.ts'
import { findConnector } from '../connectors/registry.ts'
import { inWorkspace } from '../db/db.ts'
import { AppError, invalid } from '../errors.ts'
import { uuid7 } from '../lib/uuid7.ts'
import type { Auth } from '../workspaces/auth.ts'
import { assertOurs } from './change.ts'
import type { Connection } from './directory.ts'
import { createOneAtATime } from './oneAtATime.ts'
import { ConnectionParams, NewTrial, Trial, TrialChange } from './schema.ts'
import type { ConnectionRow } from './store/connections.ts'
import { tryOut } from './tryOut.ts'
import type { WriteDeps } from './writeRoutes.ts'

const tags = ['Connectors']
const asking = { scope: 'senders:write', repeatable: false } as const
const description =
  'Asks the other system as a pull would, a bounded part of it, and changes nothing here or there. Contacts are shown to those who may read them. One at a time for each workspace.'
const UNDER_WAY =
  'Somebody is asking already what a connection would bring. Try again in half a minute.'

export const tryRoutes =
  (deps: WriteDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const alone = createOneAtATime(UNDER_WAY)
    const tried = ({ workspaceId, scopes }: Auth, connection: Connection) =>
      alone(workspaceId, async () => {
        const trial = await tryOut(connection, deps)
        // Who may connect a system need not be one who may look at contacts.
        return scopes.has('contacts:read') ? trial : { ...trial, sample: [] }
      })

    app.post(
      '/connectors/dry-run',
      {
        config: asking,
        schema: {
          ...{ tags, description, summary: 'Say what a new connection would bring' },
          body: NewTrial,
          response: { 200: Trial },
        },
      },
      ({ auth, body }) => tried(auth, draftOf(auth.workspaceId, body, deps)),
    )

    app.post(
      '/connectors/:id/dry-run',
      {
        config: asking,
        schema: {
          ...{ tags, description, summary: 'Say what a connection would bring' },
          params: ConnectionParams,
          body: TrialChange.nullish(),
          response: { 200: Trial },
        },
      },
      async ({ auth, params: { id }, body }) => {
        const { workspaceId } = auth
        const found = await inWorkspace(deps.db, workspaceId, (tx) =>
          deps.connections.find(tx, workspaceId, id),
        )
        if (!found) throw new AppError('not_found', 'There is no such connection.')
        const change = body?.settings
        if (!change || found.fault !== null) return tried(auth, found)
        assertOurs(found.row, 'Try it as it is set there.') // its calls are not guarded: the operator is trusted
        const settings = settingsFor(found, change, deps)
        return tried(auth, { ...found, settings })
      },
    )
  }

/** As it would be if it were made now. */
function draftOf(workspaceId: string, body: NewTrial, deps: WriteDeps): Connection {
  const connector = findConnector(body.connector)
  if (!connector) throw invalid('/connector', `There is no connector ${body.connector}.`)
  const now = deps.db.clock.now()
  const row: ConnectionRow = {
    ...{ workspaceId, id: uuid7(+now), connector: connector.id, name: connector.name },
    settings: '',
    origin: 'member',
    status: 'active',
    ...{ statusReason: null, since: now, subscriptionId: null, subscriptionKey: null },
    ...{ callbackAt: null, callbacksReceived: 0, callbacksRejected: 0, missed: 0 },
    ...{ missedSince: null, createdAt: now, updatedAt: now },
  }
  const draft = { row, connector, settings: {}, fault: null }
  return { ...draft, settings: settingsFor(draft, body.settings, deps) }
}

function settingsFor(
  { connector, settings }: Pick<Connection, 'connector' | 'settings'>,
  change: Settings,
  { urlRules = {} }: WriteDeps,
): Settings {
  const merged = mergeSettings(connector, settings as Settings, change) // an object
  const checked = checkSettings(connector, merged)
  assertPublicSettings(connector, checked, urlRules)
  return checked
}
