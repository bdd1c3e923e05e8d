/** Everything of tracking that is reached by HTTP. */
import type { FastifyPluginAsync } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { SenderDirectory } from '../channels/directory.ts'
import type { Db } from '../db/db.ts'
import { AppError } from '../errors.ts'
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

/** Documents the two paths. The server gives them to the handler before they come this far. */
function pixelRoutes(handler: TrackingHandler): FastifyPluginAsyncZod {
  return async (server) => {
    const paths = [
      [
        '/api/track/open/:pixel_id.png',
        'The pixel of a message: always a transparent PNG',
        'pixel_id',
      ],
      ['/api/track/click/:click_id', 'Leads to the destination of a link (302)', 'click_id'],
    ] as const
    for (const [url, summary, name] of paths) {
      server.get(
        url,
        { config: open, schema: { tags, summary, params: z.object({ [name]: z.string() }) } },
        (request, reply) => {
          reply.hijack()
          if (!handler(request.raw, reply.raw)) throw new AppError('not_found')
        },
      )
    }
  }
}
