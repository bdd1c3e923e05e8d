/** The writing half of /connectors; see routes.ts. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { UrlRules } from '../lib/ssrf.ts'
import { actorOf } from '../workspaces/audit/audit.ts'
import {
  activateConnection,
  type ChangeContext,
  changeConnection,
  createConnection,
  pauseConnection,
  removeConnection,
} from './change.ts'
import { type ReadDeps, viewOf } from './routes.ts'
import {
  ConnectionChange,
  ConnectionParams,
  ConnectionView,
  NewConnection,
  PauseRequest,
} from './schema.ts'

/** `urlRules`: what members' URLs may lead to, the same as the guarded HTTP client's. */
export type WriteDeps = ReadDeps & { readonly urlRules?: UrlRules }

const tags = ['Connectors']
const writing = { scope: 'senders:write' } as const
const params = ConnectionParams

function contextOf(deps: WriteDeps, request: Parameters<typeof actorOf>[0]): ChangeContext {
  const { urlRules = {} } = deps
  return { deps, urlRules, actor: actorOf(request), now: deps.db.clock.now() }
}

export const writeRoutes =
  (deps: WriteDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      '/connectors',
      {
        config: writing,
        schema: {
          tags,
          summary: 'Connect another system',
          body: NewConnection,
          response: { 201: ConnectionView },
        },
      },
      async (request, reply) => {
        const context = contextOf(deps, request)
        const answer = await reply.answer(201, async (tx, workspaceId) =>
          viewOf(tx, await createConnection(tx, workspaceId, request.body, context), deps),
        )
        deps.onDue()
        return answer
      },
    )

    app.put(
      '/connectors/:id',
      {
        config: writing,
        schema: {
          tags,
          summary: 'Change a connection; what is left out stays',
          params,
          body: ConnectionChange,
          response: { 200: ConnectionView },
        },
      },
      async (request, reply) => {
        const context = contextOf(deps, request)
        const change = { id: request.params.id, change: request.body }
        return reply.answer(200, async (tx, workspaceId) =>
          viewOf(tx, await changeConnection(tx, workspaceId, change, context), deps),
        )
      },
    )

    app.delete(
      '/connectors/:id',
      {
        config: writing,
        schema: { tags, summary: 'Remove a connection', params, response: { 204: z.null() } },
      },
      async (request, reply) => {
        const context = contextOf(deps, request)
        await reply.answer(204, async (tx, workspaceId) => {
          await removeConnection(tx, workspaceId, request.params.id, context)
          return null
        })
        return null
      },
    )
  }

export const stateRoutes =
  (deps: WriteDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      '/connectors/:id/pause',
      {
        config: writing,
        schema: {
          tags,
          summary: 'Stop reading; it goes on from there when it is activated again',
          params,
          body: PauseRequest.nullish(),
          response: { 200: ConnectionView },
        },
      },
      async (request, reply) => {
        const context = contextOf(deps, request)
        const pause = { id: request.params.id, reason: request.body?.reason }
        return reply.answer(200, async (tx, workspaceId) =>
          viewOf(tx, await pauseConnection(tx, workspaceId, pause, context), deps),
        )
      },
    )

    app.post(
      '/connectors/:id/activate',
      {
        config: writing,
        schema: {
          tags,
          summary: 'Read again, from where it was',
          params,
          response: { 200: ConnectionView },
        },
      },
      async (request, reply) => {
        const context = contextOf(deps, request)
        const answer = await reply.answer(200, async (tx, workspaceId) =>
          viewOf(tx, await activateConnection(tx, workspaceId, request.params.id, context), deps),
        )
        deps.onDue()
        return answer
      },
    )
  }
