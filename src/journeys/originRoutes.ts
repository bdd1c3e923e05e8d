/** GET /notifications/:id/origin: why somebody got a message. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import { findOrigin } from './origin.store.ts'

const Origin = z.object({
  journey: z
    .object({
      ...{ id: z.uuid(), name: z.string(), run_id: z.uuid(), step: z.string() },
    })
    .nullable()
    .meta({ description: 'The run that sent it; null: it came through the API or from a person.' }),
})

export const originRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/notifications/:id/origin',
    {
      config: { scope: 'journeys:read' },
      schema: {
        ...{ tags: ['Messages'], summary: 'Say which run of a journey sent a message' },
        params: z.strictObject({ id: z.uuid('not an id of a message') }),
        response: { 200: Origin },
      },
    },
    async (request) => {
      const { id } = request.params
      const row = await request.read((tx, workspaceId) => findOrigin(tx, workspaceId, id))
      if (!row) throw new AppError('not_found', 'There is no such message.')
      const { journeyId, name, title, runId, step } = row
      if (!journeyId || !name || !runId || !step) return { journey: null }
      return { journey: { id: journeyId, name: title ?? name, run_id: runId, step } }
    },
  )
}
