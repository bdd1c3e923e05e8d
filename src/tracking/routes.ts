/** Everything of tracking that is reached by HTTP. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { SenderDirectory } from '../channels/directory.ts'
import type { Db } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { htmlFault, htmlPage, redirection } from '../lib/described.ts'
import type { Mac } from '../lib/hmac.ts'
import type { Tokens } from '../lib/token.ts'
import type { WorkspaceDirectory } from '../workspaces/directory.ts'
import { outboxRoutes } from './answers/outboxRoutes.ts'
import { clickedRoutes, inboundRoutes, replyRoutes } from './answers/routes.ts'
import { callbackGroupRoutes } from './callbacks/groupRoutes.ts'
import { callbackListRoutes, callbackRoutes, sharedCallbackRoutes } from './callbacks/routes.ts'
import { createCallbackTaker } from './callbacks/takeCallback.ts'
import type { TrackingCounters } from './counters.ts'
import type { TrackingHandler } from './intake/handler.ts'
import { pageRoutes } from './unsubscribe/routes.ts'

export interface TrackingRoutesDeps {
  readonly db: Db
  readonly tokens: Tokens
  readonly mac: Mac
  readonly workspaces: WorkspaceDirectory
  readonly senders: Pick<SenderDirectory, 'find' | 'forChannel'>
  readonly publicUrl: string
  /** Whose senders the addresses are for that name none. */
  readonly defaultWorkspaceId: string
  readonly counters: TrackingCounters
  readonly handler: TrackingHandler
  /** There is a callback to process. */
  onCallback(): void
  /** There are hits to project. */
  onHits?(): void
}

export function trackingRoutes(deps: TrackingRoutesDeps): FastifyPluginAsync {
  const { clock } = deps.db
  const callbacks = { clock, take: createCallbackTaker(deps), onTaken: deps.onCallback }
  const answers = { clock, mac: deps.mac }
  return async (server) => {
    await server.register(pixelRoutes(deps.handler))
    await server.register(pageRoutes(deps))
    await server.register(callbackRoutes(callbacks))
    await server.register(
      sharedCallbackRoutes({ ...callbacks, shared: deps, publicUrl: deps.publicUrl }),
    )
    await server.register(callbackListRoutes(callbacks))
    await server.register(callbackGroupRoutes(callbacks))
    await server.register(replyRoutes(answers))
    await server.register(
      outboxRoutes({ ...answers, senders: deps.senders, onHits: () => deps.onHits?.() }),
    )
    await server.register(clickedRoutes({ ...answers, onHits: () => deps.onHits?.() }))
    await server.register(inboundRoutes(answers))
  }
}

const tags = ['Tracking']
const open = { public: true } as const
const picture = { type: 'string', format: 'binary' }

const pixel = { description: 'One transparent PNG.', content: { 'image/png': { schema: picture } } }

/** Documents the two paths. The server gives them to the handler before they come this far. */
function pixelRoutes(handler: TrackingHandler): FastifyPluginAsyncZod {
  return async (server) => {
    const answer = (request: FastifyRequest, reply: FastifyReply) => {
      reply.hijack()
      if (!handler(request.raw, reply.raw)) throw new AppError('not_found')
    }
    server.get(
      '/api/track/open/:pixel_id.png',
      {
        config: { ...open, answers: { 200: pixel, 503: pixel } },
        schema: {
          ...{ tags, summary: 'The pixel of a message: always a transparent PNG' },
          params: z.object({ pixel_id: z.string() }),
        },
      },
      answer,
    )
    server.get(
      '/api/track/click/:click_id',
      {
        config: {
          ...open,
          answers: {
            200: htmlPage('Behind the hidden link: there is nothing to see.'),
            302: redirection('To the destination of the link.'),
            404: htmlPage('There is no such link.'),
            429: htmlFault('Too many wrong links from this network.', true),
            503: htmlFault('The destination cannot be looked up now.', true),
          },
        },
        schema: {
          ...{ tags, summary: 'Leads to the destination of a link (302)' },
          params: z.object({ click_id: z.string() }),
        },
      },
      answer,
    )
  }
}
