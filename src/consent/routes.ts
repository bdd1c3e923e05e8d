/** Suppressions, consents and topics by API. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Db } from '../db/db.ts'
import { recordRoutes } from './recordRoutes.ts'
import { suppressionRoutes } from './suppressionRoutes.ts'
import { topicRoutes } from './topicRoutes.ts'

export const consentRoutes: FastifyPluginAsyncZod<{ db: Db }> = async (server, options) => {
  await server.register(suppressionRoutes, options)
  await server.register(recordRoutes, options)
  await server.register(topicRoutes, options)
}
