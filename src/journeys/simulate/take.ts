/** Does what a step decides, as far as a simulation does anything. */
import type { ContactPatch } from '../../contacts/schema.ts'
import { nextOpening } from '../../lib/window.ts'
import type { Outcome, StepMessage } from '../steps/step.ts'
import type { StepDocument } from '../steps.schema.ts'
import type { SimulatedStep } from './schema.ts'
import type { Next, State } from './state.ts'

interface Taken extends Partial<Pick<SimulatedStep, 'message' | 'call' | 'changes'>> {
  readonly next: Next
  readonly says: string
}

export async function take(
  state: State,
  step: StepDocument,
  outcome: Exclude<Outcome, { kind: 'wait' }>,
): Promise<Taken> {
  switch (outcome.kind) {
    case 'go':
      return { next: { to: outcome.to }, says: `On to ${outcome.to ?? 'the end'}.` }
    case 'exit':
      return {
        next: { status: outcome.attention ? 'failed' : 'exited', reason: outcome.reason },
        says: outcome.reason,
      }
    case 'send':
      return { next: { to: outcome.to }, ...(await sent(state, step, outcome.message)) }
    case 'update':
      state.contact = changed(state.contact, outcome.patch)
      return { next: { to: outcome.to }, says: 'Changes the contact.', changes: outcome.patch }
    case 'call': {
      const result = state.given.results[step.id] ?? {}
      const saveAs = outcome.call.kind === 'request' ? outcome.call.saveAs : null
      const named = saveAs === null ? {} : { [saveAs]: result }
      state.steps = { ...state.steps, [step.id]: result, ...named }
      const known = Object.hasOwn(state.given.results, step.id)
      const says = known ? 'Calls, and gets what was assumed.' : 'Calls; its answer is not known.'
      return { next: { to: outcome.to }, says, call: { ...outcome.call } }
    }
  }
}

async function sent(state: State, { id }: StepDocument, message: StepMessage) {
  const { window, update } = message
  const opens = window ? nextOpening(window, state.now, 'UTC') : state.now
  const properties = { message_id: `the message of ${id}` }
  state.steps = { ...state.steps, [id]: { status: 'queued', ...properties } }
  state.sent.push({ name: 'message.sent', source: 'messages', at: opens, properties })
  const held = opens > state.now ? ` It is held until ${opens.toISOString()}.` : ''
  const edits = update
    ? ` It changes what was sent as ${JSON.stringify(update.key)} within ${update.withinMinutes} minutes, if any.`
    : ''
  return { says: `Sends a message.${held}${edits}`, message: await state.given.render(message) }
}

function changed(contact: State['contact'], patch: ContactPatch): State['contact'] {
  const before = contact?.['traits']
  const traits = { ...(typeof before === 'object' ? before : {}), ...patch.traits }
  return { ...contact, ...patch, traits }
}
