/** The routes of this room, in one plugin. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { auditRoutes } from './audit/routes.ts'
import { brandRoutes } from './brandRoutes.ts'
import type { WorkspaceDeps } from './deps.ts'
import { keyRoutes } from './keys/routes.ts'
import { clientRoutes } from './login/clientRoutes.ts'
import { meRoutes } from './login/meRoutes.ts'
import { loginRoutes } from './login/routes.ts'
import { memberRoutes } from './members/routes.ts'
import { workspacesRoutes } from './workspacesRoutes.ts'

export function workspaceRoutes(deps: WorkspaceDeps): FastifyPluginAsyncZod {
  const parts = [
    ...[loginRoutes, meRoutes, clientRoutes, memberRoutes, keyRoutes],
    ...[workspacesRoutes, brandRoutes],
  ]
  return async (server) => {
    for (const part of parts) await server.register(part(deps))
    await server.register(auditRoutes)
  }
}
