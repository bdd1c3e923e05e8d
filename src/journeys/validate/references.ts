/** What a journey names outside of itself: templates, senders, channels, connectors and their actions. */
import type { z } from 'zod'
import { addresslessChannels, type ChannelId } from '../../channels/channel.ts'
import type { FieldError } from '../../errors.ts'
import { append } from '../../http/pointer.ts'
import { hasContact } from '../defaults.ts'
import type { JourneyDocument } from '../schema.ts'
import type { StepOf } from '../steps.schema.ts'
import { isLiquid } from '../texts.schema.ts'

/** What is there to be named. app.ts fills it in. */
export interface Surroundings {
  /** By id or name. */
  template(ref: string): Promise<{ readonly channel: ChannelId } | undefined>
  sender(id: string): Promise<{ readonly channel: ChannelId } | undefined>
  readonly connectors: readonly ConnectorFacts[]
}

export interface ConnectorFacts {
  readonly id: string
  readonly actions: Readonly<Record<string, { readonly params: z.ZodType }>>
}

export async function checkReferences(
  journey: JourneyDocument,
  around: Surroundings,
): Promise<FieldError[]> {
  const faults = await Promise.all(
    journey.steps.map(async (step, i) => {
      const at = (found: readonly Fault[]) =>
        found.map(([field, detail]) => ({ pointer: `/steps/${i}${field}`, detail }))
      if (step.type === 'send') return at(await sendFaults(step, hasContact(journey), around))
      if (step.type === 'act') return at(actFaults(step, around))
      if (step.type === 'update' && !hasContact(journey))
        return at([['/type', 'This journey has no contact that could be updated.']])
      return []
    }),
  )
  return faults.flat()
}

type Fault = readonly [field: string, detail: string]

async function sendFaults(
  step: StepOf<'send'>,
  withContact: boolean,
  around: Surroundings,
): Promise<Fault[]> {
  return [
    ...placeFaults(step, withContact),
    ...contentFaults(step),
    ...(await templateFaults(step, around)),
    ...(await senderFaults(step, around)),
  ]
}

function placeFaults({ channel, to }: StepOf<'send'>, withContact: boolean): Fault[] {
  const addressless = addresslessChannels.has(channel)
  if (to === 'destination' && !addressless)
    return [['/to', `${channel} has no destination of its own; it goes to a contact.`]]
  if (to === 'contact' && addressless)
    return [['/to', `${channel} goes to its sender’s destination, not to a contact.`]]
  return withContact || addressless
    ? []
    : [['/channel', `This journey has no contact, and ${channel} goes to one.`]]
}

function contentFaults({ channel, content }: StepOf<'send'>): Fault[] {
  if (!content) return []
  if (content.whatsapp && channel !== 'whatsapp')
    return [['/content/whatsapp', 'Only whatsapp takes this.']]
  if (content.html !== undefined && channel !== 'email')
    return [['/content/html', 'Only email takes html; use text.']]
  if (channel === 'email' && !content.subject) return [['/content/subject', 'An email needs one.']]
  return []
}

async function templateFaults(step: StepOf<'send'>, around: Surroundings): Promise<Fault[]> {
  if (step.template_id === undefined) return []
  const template = await around.template(step.template_id)
  if (!template)
    return [['/template_id', `There is no template with the id or name ${step.template_id}.`]]
  return template.channel === step.channel
    ? []
    : [['/template_id', `This template is for ${template.channel}, not for ${step.channel}.`]]
}

async function senderFaults(step: StepOf<'send'>, around: Surroundings): Promise<Fault[]> {
  if (step.sender_id === undefined) return []
  const sender = await around.sender(step.sender_id)
  return sender?.channel === step.channel
    ? []
    : [['/sender_id', `There is no such sender for ${step.channel}.`]]
}

function actFaults({ connector, action, params = {} }: StepOf<'act'>, around: Surroundings) {
  const known = around.connectors.find(({ id }) => id === connector)
  if (!known) {
    const ids = around.connectors.map(({ id }) => id).join(', ')
    return [
      ['/connector', `There is no connector called ${connector}. Use one of: ${ids}.`] as const,
    ]
  }
  const facts = Object.hasOwn(known.actions, action) ? known.actions[action] : undefined
  if (!facts) {
    const names = Object.keys(known.actions).join(', ') || 'none'
    return [['/action', `${connector} has no action called ${action}; it has ${names}.`] as const]
  }
  return paramFaults(facts.params, params)
}

/** Values that Liquid will make are not known yet: only what is missing or too much is seen then. */
function paramFaults(schema: z.ZodType, params: Readonly<Record<string, unknown>>): Fault[] {
  return (schema.safeParse(params).error?.issues ?? []).flatMap((issue): Fault[] => {
    const pointer = issue.path.reduce<string>(append, '/params')
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key): Fault => [append(pointer, key), 'There is no such parameter.'])
    const given = issue.path.reduce(
      (value: unknown, key) => (isRecord(value) ? value[String(key)] : undefined),
      params,
    )
    if (holdsLiquid(given)) return []
    return [[pointer, given === undefined ? `Give it: ${issue.message}` : issue.message]]
  })
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

const holdsLiquid = (value: unknown) => value !== undefined && isLiquid(JSON.stringify(value))
