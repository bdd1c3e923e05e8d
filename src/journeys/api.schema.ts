/** What requests about journeys hold, and how journeys are shown. Pure. */
import { z } from 'zod'
import { pageOf, pageQuery } from '../lib/paging.ts'
import { DraftHead } from './drafts/schema.ts'
import { JourneyDocument, SettingValue, settingTypes } from './schema.ts'
import { stepTypes } from './steps.schema.ts'

export const MAX_VERSION = 2 ** 31 - 1 // the column's

/** How a path names a journey. */
export const JourneyParams = z.object({
  id: z.string().min(1).max(200).meta({ description: 'The id of a journey, or its name.' }),
})

export const journeyStatuses = ['draft', 'active', 'paused', 'archived'] as const

export const JourneySummary = z.object({
  id: z.uuid(),
  name: z.string(),
  title: z.string().nullable(),
  status: z.enum(journeyStatuses),
  status_reason: z.string().nullable().meta({ description: 'Why it is paused.' }),
  version: z.int(),
  origin: z.enum(['member', 'environment']),
  recipe: z.string().nullable(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
})
export type JourneySummary = z.infer<typeof JourneySummary>

export const SettingView = z.object({
  name: z.string(),
  title: z.string(),
  type: z.enum(settingTypes),
  env: z.string().nullable(),
  default: SettingValue,
  value: SettingValue,
})
export type SettingView = z.infer<typeof SettingView>

export const StepNumbers = z.object({
  step: z.string(),
  type: z.enum(stepTypes),
  entered: z.int(),
  left: z.int(),
  waiting: z.int(),
  failed: z
    .int()
    .meta({ description: 'Runs that failed there and still have; counted up to 10,000 in all.' }),
})
export type StepNumbers = z.infer<typeof StepNumbers>

export const JourneyView = JourneySummary.extend({
  document: JourneyDocument,
  settings: z.array(SettingView),
})
export type JourneyView = z.infer<typeof JourneyView>

export const JourneyDetail = JourneyView.extend({
  live: z.int().meta({ description: 'Runs that have not ended, of all versions.' }),
  attention: z
    .int()
    .meta({ description: 'Runs that a person should look at; counted up to 1000.' }),
  draft: DraftHead.nullable().meta({ description: 'What is being written beside it.' }),
  steps: z.array(StepNumbers).meta({ description: 'Of the version in use.' }),
})
export type JourneyDetail = z.infer<typeof JourneyDetail>

export const JourneyList = z.strictObject({
  ...pageQuery,
  status: z.enum(journeyStatuses).optional().meta({ description: 'Default: all but archived.' }),
})
export const JourneyPage = pageOf(JourneySummary)

export const PauseRequest = z
  .strictObject({ reason: z.string().trim().min(1).max(200).optional() })
  .nullish()

export const SettingsChange = z
  .record(z.string().max(64), SettingValue)
  .meta({ description: 'Values by name; what is left out has its default again.' })

export const JourneyVersionParams = JourneyParams.extend({
  version: z.coerce.number().int().min(1).max(MAX_VERSION),
})

export const JourneyVersionSummary = z.object({
  version: z.int(),
  created_by: z.string().nullable(),
  created_at: z.iso.datetime(),
})

export const JourneyVersionView = JourneyVersionSummary.extend({ document: JourneyDocument })

export const Validation = z.object({
  valid: z.boolean(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })),
})

export const RecipeView = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  status: z.enum(['on', 'off', 'paused']),
  needs: z.array(z.object({ variable: z.string(), set: z.boolean() })),
  missing: z.array(z.string()),
  variables: z
    .array(
      z.object({
        variable: z.string(),
        title: z.string(),
        needed: z.boolean(),
        default: SettingValue.nullable(),
        value: SettingValue.nullable().meta({ description: 'null: it may be a secret.' }),
        set: z.boolean(),
      }),
    )
    .meta({ description: 'All that it reads from the environment, what it needs first.' }),
  journeys: z.array(
    z.object({
      id: z.uuid().nullable(),
      name: z.string(),
      title: z.string().nullable(),
      status: z.enum(journeyStatuses).nullable(),
      settings: z.array(SettingView),
    }),
  ),
})
export type RecipeView = z.infer<typeof RecipeView>
