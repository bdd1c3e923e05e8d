/** What requests about runs hold, and how runs are shown. Pure. */
import { z } from 'zod'
import { MAX_EXTERNAL_ID } from '../contacts/schema.ts'
import { Instant } from '../lib/instant.ts'
import { pageOf, pageQuery } from '../lib/paging.ts'
import { JourneyParams, MAX_VERSION } from './api.schema.ts'
import { deeds, runStatuses } from './store/runs.ts'

const MAX_SENT = 100

export const RunParams = JourneyParams.extend({ run_id: z.uuid() })

export const RunView = z.object({
  id: z.uuid(),
  journey_id: z.uuid(),
  version: z.int(),
  contact_id: z.uuid().nullable(),
  key: z.string(),
  status: z.enum(runStatuses),
  step: z.string().nullable().meta({ description: 'Where it stands; null: it has ended.' }),
  entered_step_at: z.iso.datetime().nullable(),
  due_at: z.iso.datetime().nullable(),
  attempt: z.int(),
  reason: z.string().nullable(),
  detail: z.string().nullable(),
  attention: z.boolean().meta({ description: 'A person should look at it.' }),
  started_at: z.iso.datetime(),
  ended_at: z.iso.datetime().nullable(),
})
export type RunView = z.infer<typeof RunView>

export const ShownRun = RunView.extend({
  contact_name: z.string().nullable().meta({
    description:
      'Whom it is for: the name, else an address, else your id. null: for nobody, erased, or not for a key without contacts:read.',
  }),
})

export const RunDetail = ShownRun.extend({
  event: z.record(z.string(), z.unknown()).meta({ description: 'What began it.' }),
  results: z.record(z.string(), z.unknown()).meta({ description: 'Of its steps.' }),
  trail: z
    .array(z.object({ step: z.string(), did: z.enum(deeds), at: z.iso.datetime() }))
    .meta({ description: 'What became of it at each step, oldest first; the newest 100.' }),
  messages: z
    .array(
      z.object({
        id: z.uuid(),
        step: z.string(),
        status: z.string(),
        at: z.iso.datetime(),
      }),
    )
    .meta({ description: `What it sent; the first ${MAX_SENT}.` }),
})
export type RunDetail = z.infer<typeof RunDetail>
export const MOST_SENT = MAX_SENT

export const NewRun = z.strictObject({
  contact_id: z
    .string()
    .min(1)
    .max(MAX_EXTERNAL_ID)
    .optional()
    .meta({ description: 'Our id, or your external_id. Journeys without a contact take none.' }),
  key: z.string().trim().min(1).max(2_000).optional().meta({
    description: 'Default: as the trigger says, else the contact.',
  }),
  properties: z.record(z.string().max(200), z.json()).optional().meta({
    description: 'What the run finds under `event`.',
  }),
})

const Reason = z.string().trim().min(1).max(500)
export const RunChange = z.strictObject({ reason: Reason.optional() }).nullish()
export const RunHold = z
  .strictObject({
    reason: Reason.optional(),
    until: Instant.optional().meta({
      description: 'Default: until it is released.',
    }),
  })
  .nullish()

const StepName = z.string().max(64)
const ofVersion = z.coerce.number().int().min(1).max(MAX_VERSION).optional()
const flag = z.stringbool({ truthy: ['true'], falsy: ['false'] })

export const RunList = z.strictObject({
  ...pageQuery,
  status: z.enum(runStatuses).optional(),
  attention: flag.optional().meta({ description: 'Only those that a person should look at.' }),
  contact_id: z.uuid().optional(),
  key: z.string().max(2_000).optional(),
  left: StepName.optional().meta({ description: 'Only those that have left this step.' }),
  failed: StepName.optional().meta({ description: 'Only those that failed at this step.' }),
  version: ofVersion,
})
export const WaitingList = z.strictObject({
  ...pageQuery,
  step: StepName.optional(),
  version: ofVersion,
})
export const RunPage = pageOf(ShownRun)
