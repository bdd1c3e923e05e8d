/** GET /restored: what is held since the database was restored from a backup. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { countHeld } from './restored.store.ts'

const count = z.int().min(0)
const Restored = z.object({
  messages: count.meta({ description: 'That were due before the restore.' }),
  runs: count.meta({ description: 'Of journeys, that were to go on before the restore.' }),
  schedules: count.meta({ description: 'Of journeys, of which a time passed.' }),
  events: count.meta({
    description: 'That happened before the restore, and that journeys may have reacted to.',
  }),
})

export const restoredRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/restored',
    {
      config: { scope: 'journeys:read' },
      schema: {
        ...{ tags: ['Journeys'], summary: 'Count what is held since a restore' },
        response: { 200: Restored },
      },
    },
    (request) => request.read((tx, workspaceId) => countHeld(tx, workspaceId)),
  )
}
