/** POST /journeys/:id/simulate: the path of a run, without a run. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { AppError } from '../../errors.ts'
import type { TestDeps } from '../../templates/sendTest.ts'
import { JourneyParams } from '../api.schema.ts'
import type { Surroundings } from '../validate/references.ts'
import { assertValid } from '../validate/validate.ts'
import { assume } from './assume.ts'
import { Simulation, SimulationRequest } from './schema.ts'
import { simulate } from './simulate.ts'

export interface SimulateRouteDeps extends TestDeps {
  surroundings(workspaceId: string): Surroundings
}

export const simulateRoutes =
  (deps: SimulateRouteDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      '/journeys/:id/simulate',
      {
        config: { scope: 'journeys:read', repeatable: false },
        schema: {
          tags: ['Journeys'],
          summary:
            'Play a journey for a contact: its path, times and texts. Nothing is written or called',
          params: JourneyParams,
          body: SimulationRequest,
          response: { 200: Simulation },
        },
      },
      async ({ auth, body, params }) => {
        if (body.contact_id !== undefined && !auth.scopes.has('contacts:read'))
          throw new AppError('forbidden', 'Looking at a contact needs the scope contacts:read.')
        if (body.document) await assertValid(body.document, deps.surroundings(auth.workspaceId))
        return simulate(await assume(auth.workspaceId, params.id, body, deps))
      },
    )
  }
