/** The one-time link to a new password that a member makes for another. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Access } from '../access.ts'
import { actorOf } from '../audit/audit.ts'
import { recentLogin } from '../deps.ts'
import { IdParams } from '../schema.ts'
import { shownOnce } from '../shownOnce.ts'
import { createResetLink } from './resetPassword.ts'
import { ResetView } from './schema.ts'

export function resetRoutes(access: Access): FastifyPluginAsyncZod {
  const { db, config } = access
  const write = { config: { scope: 'members:write' }, preHandler: recentLogin(access) } as const
  const tags = ['Members']
  return async (server) => {
    server.post(
      '/members/:id/password-reset',
      {
        ...write,
        schema: {
          tags,
          summary: 'A one-time link to set a new password',
          params: IdParams,
          response: { 201: ResetView },
        },
      },
      async (request, reply) => {
        const context = {
          auth: request.auth,
          actor: actorOf(request),
          now: db.clock.now(),
          publicUrl: config.PUBLIC_URL,
        }
        return reply.answer(201, async (tx, workspaceId) => {
          const { url, expiresAt } = await createResetLink(
            tx,
            workspaceId,
            request.params.id,
            context,
          )
          return shownOnce({ url, expires_at: expiresAt.toISOString() }, 'url')
        })
      },
    )
  }
}
