/** GET /journey-steps: what journeys are made of, as JSON Schema, from which editors draw their forms. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { JourneyDocument } from './schema.ts'
import { StepDocument, stepTypes } from './steps.schema.ts'

const Schema = z.record(z.string(), z.unknown()).meta({ description: 'JSON Schema.' })
const Catalog = z.object({
  data: z.array(z.object({ type: z.enum(stepTypes), schema: Schema })),
  document: Schema.meta({ description: 'JSON Schema of the rest of the document.' }),
})

const schemaOf = (type: z.ZodType) =>
  z.record(z.string(), z.unknown()).parse(z.toJSONSchema(type, { io: 'input' }))

/** Made once, when somebody asks. */
let catalog: z.infer<typeof Catalog> | undefined

export const stepRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/journey-steps',
    {
      config: { scope: 'journeys:read' },
      schema: {
        ...{ tags: ['Journeys'], summary: 'List the kinds of steps, with the form of each' },
        response: { 200: Catalog },
      },
    },
    async () => {
      catalog ??= {
        data: StepDocument.options.map((step) => ({
          type: step.shape.type.value,
          schema: schemaOf(step),
        })),
        document: schemaOf(JourneyDocument.omit({ steps: true })),
      }
      return catalog
    },
  )
}
