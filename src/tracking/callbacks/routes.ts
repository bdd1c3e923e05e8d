/** Where vendors report, and where people see what they reported. */
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Clock } from '../../db/db.ts'
import { AppError } from '../../errors.ts'
import { flatHeaders } from '../../http/flatHeaders.ts'
import { takeBytes } from '../../http/takeBytes.ts'
import { pagedList, pageOf, pageQuery } from '../../lib/paging.ts'
import { Callback, type CallbackView } from '../schema.ts'
import {
  type CallbackSummary,
  findCallback,
  listCallbacks,
  reopenCallback,
} from '../store/callbacks.ts'
import { rawRequest } from './processor.ts'
import { type SharedDeps, shake, sharedProviders, takeShared } from './sharedCallback.ts'
import type { IncomingCallback } from './takeCallback.ts'

const list = pagedList('callbacks')

const MAX_BODY = 5 * 1024 * 1024 // bytes; SendGrid sends thousands of events at once
const MAX_SHOWN = 64 * 1024 // characters of a body
const tags = ['Callbacks']

export interface CallbackRoutesDeps {
  readonly clock: Clock
  take(callback: IncomingCallback): Promise<string | undefined>
  /** There is a callback to process. */
  onTaken(): void
}

/** Public: verified by the vendor's signature. */
export function callbackRoutes({ take, onTaken }: CallbackRoutesDeps): FastifyPluginAsyncZod {
  return async (server) => {
    takeBytes(server, '*', MAX_BODY)
    server.route({
      method: ['GET', 'POST'],
      url: '/webhook/:provider/:sender_id',
      bodyLimit: MAX_BODY,
      config: { public: true },
      schema: {
        tags,
        summary: 'Takes a callback of a vendor',
        description: 'Answered when it is stored. The same callback again changes nothing.',
        params: z.object({ provider: z.string(), sender_id: z.string() }),
        response: { 200: z.union([z.object({ status: z.literal('received') }), z.string()]) },
      },
      handler: async (request, reply) => {
        const { provider, sender_id: senderId } = request.params
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
        const handshake = await take({
          provider,
          senderId,
          method: request.method,
          path: request.url,
          headers: request.headers,
          body,
        })
        if (handshake !== undefined) return reply.type('text/plain').send(handshake)
        onTaken()
        return { status: 'received' as const }
      },
    })
  }
}

/** Public: one address for all senders of a vendor's account. */
export function sharedCallbackRoutes({
  shared,
  publicUrl,
  onTaken,
}: Pick<CallbackRoutesDeps, 'onTaken'> & {
  shared: SharedDeps
  publicUrl: string
}): FastifyPluginAsyncZod {
  return async (server) => {
    takeBytes(server, '*', MAX_BODY)
    const options = { bodyLimit: MAX_BODY, config: { public: true } } as const
    const read = (request: FastifyRequest) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      const { method, headers, url } = request
      const about = { method, headers: flatHeaders(headers), url: `${publicUrl}${url}`, body }
      return { body, request: rawRequest(about) }
    }
    for (const provider of sharedProviders) {
      const url = `/webhook/${provider.path}`
      server.get(
        url,
        {
          ...options,
          schema: {
            tags,
            summary: `The handshake of ${provider.name}`,
            response: { 200: z.string() },
          },
        },
        async (request, reply) => {
          const answer = await shake(provider, read(request).request, shared)
          return reply.type('text/plain').send(answer)
        },
      )
      server.post(
        url,
        {
          ...options,
          schema: {
            tags,
            summary: `Takes a webhook of ${provider.name}`,
            description: 'Answered when it is stored. The same webhook again changes nothing.',
            response: { 200: z.object({ status: z.literal('received') }) },
          },
        },
        async (request) => {
          await takeShared(provider, read(request), shared)
          onTaken()
          return { status: 'received' as const }
        },
      )
    }
  }
}

export function callbackListRoutes({ clock, onTaken }: CallbackRoutesDeps): FastifyPluginAsyncZod {
  return async (server) => {
    server.get(
      '/callbacks',
      {
        config: { scope: 'senders:read' },
        schema: {
          tags,
          summary: 'What vendors told us, newest first',
          querystring: z.strictObject({
            ...pageQuery,
            status: z.enum(['received', 'processed', 'failed']).optional(),
          }),
          response: { 200: pageOf(Callback) },
        },
      },
      async (request) => {
        const { limit, status, cursor } = request.query
        const before = list.read(cursor)
        const rows = await request.read((tx, workspaceId) =>
          listCallbacks(tx, workspaceId, { status, before, limit: limit + 1 }),
        )
        return list.page(rows, limit, (row) => row.id, view)
      },
    )

    server.get(
      '/callbacks/:id',
      {
        config: { scope: 'senders:read' },
        schema: {
          tags,
          summary: 'One callback with its body',
          params: z.object({ id: z.uuid() }),
          response: { 200: Callback.extend({ url: z.string(), body: z.string() }) },
        },
      },
      async (request) => {
        const row = await request.read((tx, workspaceId) =>
          findCallback(tx, workspaceId, request.params.id),
        )
        if (!row) throw new AppError('not_found', 'There is no such callback.')
        return { ...view(row), url: row.url, body: row.body.toString('utf8').slice(0, MAX_SHOWN) }
      },
    )

    server.post(
      '/callbacks/:id/process',
      {
        config: { scope: 'senders:write' },
        schema: {
          tags,
          summary: 'Processes a callback again',
          params: z.object({ id: z.uuid() }),
          response: { 202: z.object({ id: z.uuid(), status: z.literal('received') }) },
        },
      },
      async ({ params }, reply) => {
        const answer = await reply.answer(202, async (tx, workspaceId) => {
          const found = await reopenCallback(tx, workspaceId, params.id, clock.now())
          if (!found) throw new AppError('not_found', 'There is no such callback.')
          return { id: params.id, status: 'received' as const }
        })
        onTaken()
        return answer
      },
    )
  }
}

function view(row: CallbackSummary): CallbackView {
  return {
    id: row.id,
    provider: row.source,
    sender_id: row.senderId,
    connection_id: row.connectionId,
    signed: row.signed,
    status: row.status,
    attempts: row.attempts,
    reason: row.reason,
    received_at: row.receivedAt.toISOString(),
    processed_at: row.processedAt?.toISOString() ?? null,
  }
}
