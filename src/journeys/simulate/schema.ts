/** What a simulation is asked and answers. Pure. */
import { z } from 'zod'
import { contactPatch, MAX_EXTERNAL_ID } from '../../contacts/schema.ts'
import { Instant } from '../../lib/instant.ts'
import { JourneyDocument, SettingValue } from '../schema.ts'
import { stepTypes } from '../steps.schema.ts'
import { Duration, EventName, StepId } from '../texts.schema.ts'

const Properties = z.record(z.string().max(200), z.json())

/** Something that happens while the run is under way. */
const Assumed = z
  .strictObject({
    event: EventName,
    at: Instant.optional(),
    after: Duration.optional().meta({ description: 'Since the start.' }),
    properties: Properties.optional(),
    source: z.string().max(100).optional(),
  })
  .refine(({ at, after }) => (at === undefined) !== (after === undefined), 'Give at or after.')

export const SimulationRequest = z.strictObject({
  contact_id: z
    .string()
    .min(1)
    .max(MAX_EXTERNAL_ID)
    .optional()
    .meta({ description: 'Our id, or your external_id.' }),
  contact: contactPatch.optional().meta({ description: 'Somebody made up instead.' }),
  at: Instant.optional().meta({ description: 'When it begins. Default: now.' }),
  event: z
    .strictObject({
      name: EventName.optional().meta({ description: 'Default: the first of the trigger.' }),
      source: z.string().max(100).optional(),
      properties: Properties.optional(),
    })
    .optional()
    .meta({ description: 'What begins the run.' }),
  events: z.array(Assumed).max(100).optional().meta({ description: 'What happens meanwhile.' }),
  results: z
    .record(StepId, z.json())
    .optional()
    .meta({ description: 'What calls answer, by step; nothing is called.' }),
  settings: z.record(z.string().max(64), SettingValue).optional(),
  document: JourneyDocument.optional().meta({ description: 'Instead of the version in use.' }),
})
export type SimulationRequest = z.infer<typeof SimulationRequest>

export const SimulatedStep = z.object({
  step: z.string(),
  type: z.enum(stepTypes),
  at: z.iso.datetime(),
  left_at: z.iso.datetime().nullable().meta({ description: 'null: the run ended here.' }),
  says: z.string().meta({ description: 'What happens, in words.' }),
  message: z
    .record(z.string(), z.unknown())
    .nullable()
    .meta({ description: 'As it would go out.' }),
  call: z.record(z.string(), z.unknown()).nullable(),
  changes: z.record(z.string(), z.unknown()).nullable().meta({ description: 'Of the contact.' }),
})
export type SimulatedStep = z.infer<typeof SimulatedStep>

export const Simulation = z.object({
  enters: z.boolean(),
  key: z.string().nullable(),
  path: z.array(SimulatedStep),
  ended: z.object({
    status: z.enum(['not_entered', 'done', 'exited', 'failed', 'held']),
    reason: z.string().nullable(),
    at: z.iso.datetime(),
  }),
})
export type Simulation = z.infer<typeof Simulation>
