/** Drafts of journeys: what requests hold, and how drafts are shown. Pure. */
import { z } from 'zod'
import { pageOf, pageQuery } from '../../lib/paging.ts'
import { JourneyDocument, MAX_STEPS } from '../schema.ts'
import { stepTypes } from '../steps.schema.ts'

const MAX_FIELDS = 100 // of one step; the richest has a fifth of them

const DraftStep = z
  .looseObject({
    id: z.string().max(200),
    type: z.enum(stepTypes),
  })
  .refine((step) => Object.keys(step).length <= MAX_FIELDS, `at most ${MAX_FIELDS} fields`)

const {
  name: _name,
  title: _title,
  trigger: _trigger,
  steps: _steps,
  ...rest
} = JourneyDocument.shape
const unread = Object.fromEntries(Object.keys(rest).map((field) => [field, z.unknown().optional()]))

/** So much of a journey as it takes to draw it. All else may be wrong or missing yet. */
export const DraftDocument = z
  .strictObject({
    ...unread,
    name: z.string().max(1_000).optional(),
    title: z.string().max(1_000).optional(),
    trigger: z.looseObject({}).optional(),
    steps: z.array(DraftStep).max(MAX_STEPS),
  })
  .meta({ id: 'JourneyDraftDocument' })
export type DraftDocument = z.infer<typeof DraftDocument>

export const NewDraft = z.strictObject({ document: DraftDocument })
export const DraftChange = z.strictObject({
  document: DraftDocument,
  based_on: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .optional()
    .meta({
      description:
        'The version of the journey that was looked at. Default: as before, else the one in use.',
    }),
})

export const DraftHead = z.object({
  revision: z.int().meta({ description: 'For If-Match: another with every save.' }),
  based_on: z.int().meta({ description: 'Version it was begun with; 0: there is none yet.' }),
  saved_by: z.string().nullable(),
  saved_by_name: z.string().nullable(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
})
export type DraftHead = z.infer<typeof DraftHead>

export const DraftSummary = DraftHead.extend({
  id: z.uuid().meta({ description: 'The journey’s, also before it is published.' }),
  name: z.string().nullable(),
  title: z.string().nullable(),
  version: z.int().meta({ description: 'Of the journey that is in use; 0: none.' }),
})

export const DraftView = DraftSummary.extend({
  document: DraftDocument,
  errors: z
    .array(z.object({ pointer: z.string(), detail: z.string() }))
    .meta({ description: 'What keeps it from being published.' }),
})
export type DraftView = z.infer<typeof DraftView>

export const DraftList = z.strictObject({
  ...pageQuery,
  unpublished: z
    .stringbool({ truthy: ['true'], falsy: ['false'] })
    .optional()
    .meta({ description: 'Only those of journeys that there are not yet.' }),
})
export const DraftPage = pageOf(DraftSummary)
