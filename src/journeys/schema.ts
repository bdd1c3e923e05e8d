/**
 * What a journey is: a JSON document with trigger, steps and rules. Pure.
 *
 * The *.schema.ts files say which documents are well-formed; validate.ts says which make sense (steps
 * that exist, templates that compile, connectors that are there). What is left out has the default
 * that defaults.ts gives. Strings of steps, conditions and keys are Liquid over the run's facts:
 * event, contact, settings, steps, run, workspace. Whatever takes a number, a date or a
 * window takes Liquid too, because settings come from there.
 */
import { z } from 'zod'
import { weekdays } from '../lib/window.ts'
import { isTimeZone } from '../lib/zone.ts'
import { Condition } from './conditions.schema.ts'
import { StepDocument } from './steps.schema.ts'
import { Amount, EventName, Key, Text } from './texts.schema.ts'
import { JourneyWindow } from './windows.schema.ts'

export const MAX_STEPS = 200

const SettingName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,63}$/, 'small letters, digits and _ only, such as follow_up_hours')

export const settingTypes = ['text', 'number', 'flag', 'zone', 'list'] as const

export const SettingValue = z.union([z.string().max(4_000), z.number(), z.boolean()])
export type SettingValue = z.infer<typeof SettingValue>

export const Setting = z.strictObject({
  title: z.string().min(1).max(300),
  type: z.enum(settingTypes).optional().meta({ description: 'Default: text.' }),
  default: SettingValue,
  env: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]*$/, 'not the name of a variable, such as WELCOME_TEXT')
    .optional()
    .meta({ description: 'Read at each start when the environment provisions the journey.' }),
})
export type Setting = z.infer<typeof Setting>
export type SettingValues = Readonly<Record<string, SettingValue>>

export const Schedule = z
  .strictObject({
    every_minutes: z.int().min(1).max(525_600).optional(),
    at: Text.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'not a time of day, such as 09:00').optional(),
    days: z.array(z.enum(weekdays)).min(1).max(7).optional(),
    time_zone: z
      .string()
      .refine(isTimeZone, 'not an IANA time zone, such as Europe/Berlin')
      .optional()
      .meta({ description: 'Default: the workspace’s.' }),
  })
  .refine(
    ({ every_minutes, at }) => (every_minutes === undefined) !== (at === undefined),
    'Give either every_minutes or at.',
  )

export const Trigger = z
  .strictObject({
    events: z.array(EventName).min(1).max(20).optional(),
    api: z.literal(true).optional(),
    schedule: Schedule.optional(),
    source: z.string().min(1).max(100).optional(),
    where: Condition.optional(),
    key: Key.optional().meta({ description: 'What runs are told apart by. Default: the contact.' }),
    contact: z.enum(['event', 'none']).optional(),
  })
  .refine(
    ({ events, api, schedule }) =>
      [events, api, schedule].filter((given) => given !== undefined).length === 1,
    'Give one of events, api, schedule.',
  )
  .refine(({ events, source }) => events || source === undefined, {
    error: 'Only events have a source.',
    path: ['source'],
  })
export type Trigger = z.infer<typeof Trigger>

export const ReEntry = z
  .strictObject({
    policy: z.enum(['once', 'when_not_active', 'always', 'after']),
    days: Amount.optional(),
  })
  .refine(({ policy, days }) => (policy === 'after') === (days !== undefined), {
    error: 'days belongs to the policy after.',
    path: ['days'],
  })

export const Intervention = z
  .strictObject({
    on: z.enum(['reply', 'crm_change', 'by_hand']).meta({
      description:
        'reply: they wrote to us. crm_change: somebody changed the status in the CRM. by_hand: somebody of ' +
        'ours wrote to them beside us, such as with the WhatsApp Business app.',
    }),
    do: z.enum(['exit', 'pause']),
    days: Amount.optional().meta({ description: 'Of a pause. Default: until it is released.' }),
  })
  .refine(({ do: act, days }) => act === 'pause' || days === undefined, {
    error: 'days belongs to pause.',
    path: ['days'],
  })
export type Intervention = z.infer<typeof Intervention>

/** A name as people and the command line use it; unique in its workspace. */
export const JourneyName = z
  .string()
  .trim()
  .regex(/^[a-z0-9][a-z0-9._-]{0,99}$/, 'small letters, digits, dots and dashes, such as welcome-1')

export const JourneyDocument = z
  .strictObject({
    name: JourneyName,
    title: z.string().max(200).optional(),
    description: z.string().max(4_000).optional(),
    settings: z.record(SettingName, Setting).optional(),
    trigger: Trigger,
    re_entry: ReEntry.optional().meta({ description: 'Default: when_not_active.' }),
    exit_on: z
      .array(
        z.strictObject({
          event: EventName,
          where: Condition.optional(),
          reason: z
            .string()
            .min(1)
            .max(200)
            .optional()
            .meta({ description: 'Default: the event.' }),
        }),
      )
      .max(20)
      .optional(),
    intervention: z
      .array(Intervention)
      .max(10)
      .optional()
      .meta({ description: 'Default for journeys with a contact: a reply ends the run.' }),
    goal: z.strictObject({ event: EventName, where: Condition.optional() }).optional(),
    window: JourneyWindow.optional().meta({ description: 'Of all its messages.' }),
    on_message_failure: z
      .enum(['fail', 'ignore'])
      .optional()
      .meta({ description: 'Default: fail for journeys with a contact, else ignore.' }),
    steps: z.array(StepDocument).min(1).max(MAX_STEPS),
  })
  .meta({ id: 'JourneyDocument' })
export type JourneyDocument = z.infer<typeof JourneyDocument>
