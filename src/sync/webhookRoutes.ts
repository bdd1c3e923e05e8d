/** Where the systems that we are connected to call us. Public: they sign, or are only hints. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { connectors } from '../connectors/registry.ts'
import { flatHeaders } from '../http/flatHeaders.ts'
import { takeBytes } from '../http/takeBytes.ts'
import { takeWebhook, type WebhookDeps } from './callbacks.ts'

const MAX_BODY = 5 * 1024 * 1024 // bytes

export function webhookRoutes(
  deps: WebhookDeps & { /** One is stored. */ onTaken(): void },
): FastifyPluginAsync {
  const handle = async (path: string, request: FastifyRequest, reply: FastifyReply) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
    const { connection_id: connectionId = null } = request.params as { connection_id?: string } // of its path
    const taken = await takeWebhook(
      {
        ...{ path, connectionId, body },
        request: {
          method: request.method,
          url: `${deps.publicUrl}${request.url}`,
          headers: flatHeaders(request.headers),
          rawBody: body.toString('utf8'),
        },
      },
      deps,
    )
    if ('answer' in taken) return reply.send(taken.answer)
    deps.onTaken()
    return reply.send({ status: 'received' })
  }
  return async (server) => {
    takeBytes(server, '*', MAX_BODY)
    for (const { name, callbacks } of connectors) {
      if (!callbacks) continue
      const options = { bodyLimit: MAX_BODY, config: { public: true } }
      const schema = {
        tags: ['Callbacks'],
        summary: `Takes a webhook of ${name}`,
        description: 'Answered when it is stored. The same webhook again changes nothing.',
        response: { 200: z.unknown() },
      }
      const url = `/webhook/${callbacks.path}`
      server.post(url, { ...options, schema }, (request, reply) =>
        handle(callbacks.path, request, reply),
      )
      const params = z.object({ connection_id: z.string() })
      server.post(
        `${url}/:connection_id`,
        { ...options, schema: { ...schema, params } },
        (request, reply) => handle(callbacks.path, request, reply),
      )
    }
  }
}
