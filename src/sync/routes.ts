/** /connectors, which are connections of this workspace, and /sync, their pulls. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { connectors } from '../connectors/registry.ts'
import type { Sql } from '../db/db.ts'
import { pagedList, pageOf, pageQuery, startOf } from '../lib/paging.ts'
import { getConnection } from './change.ts'
import { checkConnection } from './check.ts'
import type { SyncDeps } from './deps.ts'
import type { Connection } from './directory.ts'
import { pullAgain } from './pullAgain.ts'
import {
  CheckResult,
  ConnectionParams,
  ConnectionView,
  ConnectorEntry,
  NewRun,
  RunAgain,
  RunView,
  runStatuses,
} from './schema.ts'
import { type ConnectionRow, listConnections } from './store/connections.ts'
import { listRuns } from './store/runs.ts'
import { dueNow, listTasks } from './store/tasks.ts'
import { connectionView, connectorEntry, runView } from './view.ts'

const pulls = pagedList('pulls')
const list = pagedList('connections')

export type ReadDeps = SyncDeps & { onDue(): void }

const tags = ['Connectors']
const reading = { scope: 'senders:read' } as const
const writing = { scope: 'senders:write' } as const
const params = ConnectionParams

/** In the transaction that read the row. */
export async function viewOf(tx: Sql, row: ConnectionRow, deps: SyncDeps): Promise<ConnectionView> {
  const tasks = await listTasks(tx, row.workspaceId, [row.id])
  return connectionView(deps.connections.open(row), row, tasks, deps)
}

export const readRoutes =
  (deps: ReadDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/connectors',
      {
        config: reading,
        schema: {
          tags,
          summary: 'Connections to other systems',
          querystring: z.strictObject(pageQuery),
          response: { 200: pageOf(ConnectionView) },
        },
      },
      (request) =>
        request.read(async (tx, workspaceId) => {
          const { limit, cursor } = request.query
          const all = await listConnections(tx, workspaceId)
          const rows = all.slice(startOf(all, list.read(cursor)))
          const ids = rows.slice(0, limit).map((row) => row.id)
          const tasks = await listTasks(tx, workspaceId, ids)
          const view = (row: ConnectionRow) =>
            connectionView(deps.connections.open(row), row, tasks, deps)
          return list.page(rows, limit, (row) => row.id, view)
        }),
    )

    app.get(
      '/connectors/catalog',
      {
        config: reading,
        schema: {
          tags,
          summary: 'Every connector there is, with the JSON Schema of its settings',
          response: { 200: z.object({ data: z.array(ConnectorEntry) }) },
        },
      },
      async () => ({ data: connectors.map(connectorEntry) }),
    )

    app.get(
      '/connectors/:id',
      {
        config: reading,
        schema: { tags, summary: 'Read a connection', params, response: { 200: ConnectionView } },
      },
      (request) =>
        request.read(async (tx, workspaceId) =>
          viewOf(tx, await getConnection(tx, workspaceId, request.params.id), deps),
        ),
    )

    app.post(
      '/connectors/:id/check',
      {
        config: { ...writing, repeatable: false },
        schema: {
          tags,
          summary: 'Ask the other system whether the settings work; nothing is changed',
          params,
          response: { 200: CheckResult },
        },
      },
      (request) => checkConnection(deps, request.auth.workspaceId, request.params.id),
    )
  }

/** Those that a pull by hand reads. */
function wantedSources(connection: Connection | undefined): string[] {
  if (!connection) return []
  return Object.entries(connection.connector.sources)
    .filter(([, source]) => source.isWanted?.(connection.settings) !== false)
    .map(([name]) => name)
}

export const runRoutes =
  (deps: ReadDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/sync',
      {
        config: reading,
        schema: {
          tags,
          summary: 'Pulls, newest first',
          querystring: z.strictObject({
            ...pageQuery,
            connection_id: z.uuid().optional(),
            status: z.enum(runStatuses).optional(),
          }),
          response: { 200: pageOf(RunView) },
        },
      },
      async (request) => {
        const { limit, cursor, connection_id: connectionId, status } = request.query
        const filter = { connectionId, status, before: pulls.read(cursor), limit: limit + 1 }
        const rows = await request.read((tx, workspaceId) => listRuns(tx, workspaceId, filter))
        return pulls.page(rows, limit, (row) => row.id, runView)
      },
    )

    app.post(
      '/sync',
      {
        config: writing,
        schema: {
          tags,
          summary: 'Pull now, instead of when it is due',
          body: NewRun,
          response: { 202: z.object({ connection_id: z.uuid(), status: z.literal('due') }) },
        },
      },
      async (request, reply) => {
        const answer = await reply.answer(202, async (tx, workspaceId) => {
          const row = await getConnection(tx, workspaceId, request.body.connection_id)
          const sources = wantedSources(deps.connections.open(row))
          const key = { workspaceId, connectionId: row.id }
          await dueNow(tx, key, sources, deps.db.clock.now())
          return { connection_id: row.id, status: 'due' as const }
        })
        deps.onDue()
        return answer
      },
    )

    app.post(
      '/sync/:id/process',
      {
        config: writing,
        schema: {
          tags,
          summary: 'Do again what a pull did not finish; it goes on after its last page',
          params: z.object({ id: z.uuid('not an id of a pull') }),
          response: { 202: RunAgain },
        },
      },
      async (request, reply) => {
        const answer = await reply.answer(202, async (tx, workspaceId) => {
          const { run, status } = await pullAgain(tx, workspaceId, request.params.id, deps)
          return { id: run.id, connection_id: run.connectionId, status }
        })
        deps.onDue()
        return answer
      },
    )
  }
