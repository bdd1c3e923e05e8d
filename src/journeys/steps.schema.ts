/** The steps of a journey: one form each, told apart by `type`. Pure. */
import { z } from 'zod'
import { channelIds } from '../channels/channel.ts'
import { topicKey } from '../consent/schema.ts'
import { tag } from '../contacts/schema.ts'
import { priorities } from '../messages/schema.ts'
import { Condition, MAX_CONDITIONS } from './conditions.schema.ts'
import { Amount, Duration, EventName, Key, StepId, Text, Written } from './texts.schema.ts'
import { JourneyWindow } from './windows.schema.ts'

/** In the order in which people meet them. */
export const stepTypes = [
  'send',
  'wait',
  'window',
  'wait_for',
  'branch',
  'split',
  'update',
  'act',
  'request',
  'exit',
] as const

/** Where a run goes on; null ends it as done. */
const Goto = StepId.nullable()
const head = { id: StepId, title: z.string().max(200).optional() }
const next = Goto.optional().meta({ description: 'Default: the step below. null: the end.' })

/** What is said without a template of its own. */
export const StepContent = z
  .strictObject({
    subject: Text.optional(),
    title: Text.optional(),
    text: Text.optional(),
    html: Text.optional(),
    whatsapp: z
      .strictObject({
        template: Text.meta({ description: 'Empty after rendering: the text is sent instead.' }),
        language: Written,
        parameters: z.array(Text).max(50).optional(),
      })
      .optional(),
  })
  .refine(({ text, html, whatsapp }) => text || html || whatsapp, 'Give a text.')
export type StepContent = z.infer<typeof StepContent>

const Send = z
  .strictObject({
    ...head,
    type: z.literal('send'),
    channel: z.enum(channelIds),
    template_id: z.string().min(1).max(200).optional().meta({ description: 'Its id or its name.' }),
    variables: z.record(z.string().max(100), z.json()).optional().meta({
      description: 'For the template, beside the facts.',
    }),
    content: StepContent.optional(),
    to: z.enum(['contact', 'destination']).optional().meta({
      description: 'destination: the sender’s own place, for channels without addresses.',
    }),
    sender_id: z.uuid().optional(),
    category: topicKey.optional(),
    priority: z.enum(priorities).optional(),
    window: JourneyWindow.nullish().meta({
      description: 'The message is held until it opens. Default: the journey’s; null: none.',
    }),
    metadata: z.record(z.string().max(100), z.json()).optional(),
    update: z
      .strictObject({
        key: Key,
        within_minutes: Amount,
        only: z.boolean().optional(),
        order: Amount.optional(),
      })
      .optional()
      .meta({
        description:
          'Edits the message that this journey sent under the same key within that time instead of sending another; ' +
          'with `only` it never sends a new one. Where changes have an `order`, one of a smaller number ' +
          'changes nothing: what is told late does not hide what is newer; with `only` the message is looked for ' +
          'for up to ten minutes, for it may be in the hands of another process.',
      }),
    next,
  })
  .refine((step) => (step.template_id === undefined) !== (step.content === undefined), {
    error: 'Give either a template_id or a content.',
    path: ['content'],
  })

const Wait = z
  .strictObject({
    ...head,
    type: z.literal('wait'),
    minutes: Amount.optional(),
    hours: Amount.optional(),
    days: Amount.optional(),
    until: Written.optional().meta({ description: 'A date of ISO 8601, or Liquid.' }),
    next,
  })
  .refine(
    ({ minutes, hours, days, until }) =>
      [minutes, hours, days, until].filter((given) => given !== undefined).length === 1,
    'Give one of minutes, hours, days, until.',
  )

const WaitWindow = z.strictObject({
  ...head,
  type: z.literal('window'),
  window: JourneyWindow,
  next,
})

const WaitFor = z.strictObject({
  ...head,
  type: z.literal('wait_for'),
  event: EventName,
  where: Condition.optional(),
  for: Duration.meta({ description: 'How long.' }),
  on_event: Goto.optional().meta({ description: 'Default: next.' }),
  on_timeout: Goto.optional().meta({ description: 'Default: next.' }),
  next,
})

const Branch = z.strictObject({
  ...head,
  type: z.literal('branch'),
  cases: z
    .array(z.strictObject({ when: Condition, goto: Goto }))
    .min(1)
    .max(MAX_CONDITIONS),
  else: Goto.optional().meta({ description: 'Default: next.' }),
  next,
})

const Split = z
  .strictObject({
    ...head,
    type: z.literal('split'),
    weights: z.array(z.number().min(0)).min(2).max(10),
    goto: z.array(Goto).min(2).max(10),
    next,
  })
  .refine(({ weights, goto }) => weights.length === goto.length, {
    error: 'Give one goto for each weight.',
    path: ['goto'],
  })
  .refine(({ weights }) => weights.some((weight) => weight > 0), {
    error: 'One weight at least must be above 0.',
    path: ['weights'],
  })

const Update = z
  .strictObject({
    ...head,
    type: z.literal('update'),
    name: Text.optional(),
    locale: Text.optional(),
    time_zone: Text.optional(),
    traits: z.record(z.string().min(1).max(100), z.json()).optional().meta({
      description: 'Merged into what is there; null removes one.',
    }),
    add_tags: z.array(tag).max(100).optional(),
    remove_tags: z.array(tag).max(100).optional(),
    next,
  })
  .refine(
    ({ id: _id, type: _type, title: _title, next: _next, ...fields }) =>
      Object.keys(fields).length > 0,
    'Say what to change.',
  )

const onError = z.enum(['fail', 'continue']).optional().meta({ description: 'Default: fail.' })

const Act = z.strictObject({
  ...head,
  type: z.literal('act'),
  connector: z.string().min(1).max(100),
  action: z.string().min(1).max(100),
  params: z.record(z.string().max(100), z.json()).optional(),
  on_error: onError,
  next,
})

const Request = z.strictObject({
  ...head,
  type: z.literal('request'),
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  url: Written.max(2_000).regex(/^(https?:\/\/|\{\{)/, 'not a URL, such as https://example.com/x'),
  headers: z.record(z.string().max(100), Text.max(4_000)).optional(),
  body: z.json().optional().meta({ description: 'A string is sent as it is, the rest as JSON.' }),
  save_as: StepId.optional().meta({ description: 'A second name for the result, under steps.' }),
  on_error: onError,
  next,
})

const Exit = z.strictObject({
  ...head,
  type: z.literal('exit'),
  reason: Written.max(500),
  attention: z.boolean().optional().meta({
    description: 'Something is wrong: the run has failed, and a person should look at it.',
  }),
})

export const StepDocument = z
  .discriminatedUnion(
    'type',
    [Send, Wait, WaitWindow, WaitFor, Branch, Split, Update, Act, Request, Exit],
    {
      error: ({ input }) =>
        `${JSON.stringify(typeOf(input))} is no type of step. Use one of: ${stepTypes.join(', ')}.`,
    },
  )
  .meta({ id: 'JourneyStep' })
export type StepDocument = z.infer<typeof StepDocument>
export type StepType = (typeof stepTypes)[number]
export type StepOf<T extends StepType> = Extract<StepDocument, { type: T }>

function typeOf(step: unknown): unknown {
  return typeof step === 'object' && step !== null && 'type' in step ? step.type : step
}
