/**
 * Plays a journey with a clock of its own: the path of one run with its times and rendered texts.
 *
 * It asks the same steps that the engine asks and writes nothing. Calls are not made: they answer what
 * the request says, or nothing. Whether somebody may enter again, consents and caps are not looked at.
 */
import { z } from 'zod'
import { TemplateError } from '../../templates/templateError.ts'
import { holds } from '../conditions.ts'
import { renderText } from '../facts.ts'
import { decideStep } from '../steps/registry.ts'
import type { StepDocument } from '../steps.schema.ts'
import { passWait } from './passWait.ts'
import type { Simulation } from './schema.ts'
import {
  type Assumptions,
  addTo,
  type End,
  factsOf,
  type Next,
  runOf,
  type State,
} from './state.ts'
import { take } from './take.ts'

const MAX_STEPS = 500 // a journey may go round for ever; what comes after these is more of the same

export async function simulate(given: Assumptions): Promise<Simulation> {
  const { journey, event } = given
  const state: State = {
    ...{ given, contact: given.contact, steps: {}, now: event.at, key: '', path: [], sent: [] },
  }
  const notEntered = (reason: string) => answerOf(state, null, { status: 'not_entered', reason })
  let key: string
  try {
    const fault = entryFault(state)
    if (fault !== null) return notEntered(fault)
    key = keyOf(state)
  } catch (error) {
    if (!isOfTexts(error)) throw error
    return notEntered(error.message)
  }
  const keyed = { ...state, key }
  let step = journey.steps[0]
  while (step && keyed.path.length < MAX_STEPS) {
    const next: Next = await pass(keyed, step)
    if ('status' in next) return answerOf(keyed, key, next)
    step = journey.steps.find(({ id }) => id === next.to)
  }
  const end: End = step
    ? { status: 'held', reason: `Only ${MAX_STEPS} steps are shown.` }
    : { status: 'done', reason: null }
  return answerOf(keyed, key, end)
}

function answerOf({ path, now }: State, key: string | null, end: End): Simulation {
  const ended = { ...end, at: now.toISOString() }
  return { enters: end.status !== 'not_entered', key, path, ended }
}

/** Why nobody enters; null when they do. */
function entryFault(state: State): string | null {
  const { journey, event } = state.given
  const { events, source, where } = journey.trigger
  if (events && !events.includes(event.name)) return `${event.name} does not begin it.`
  if (source !== undefined && source !== event.source)
    return `It is begun by events of ${source}, and this is one of ${event.source}.`
  if (where && !holds(where, factsOf(state))) return 'The condition of the trigger does not hold.'
  return null
}

function keyOf(state: State): string {
  const { trigger } = state.given.journey
  const contact = String(state.contact?.['id'] ?? '')
  return trigger.key === undefined ? contact : renderText(trigger.key, factsOf(state)).trim()
}

/** Through one step, and what it waits for. */
async function pass(state: State, step: StepDocument): Promise<Next> {
  const enteredAt = state.now
  const seen = { message: null, call: null, changes: null }
  try {
    const outcome = decideStep(runOf(state, enteredAt, false), step)
    if (outcome.kind === 'wait') return await passWait(state, step, outcome.until)
    const { next, says, ...found } = await take(state, step, outcome)
    addTo(state, step, enteredAt, 'status' in next ? null : state.now, { ...seen, says, ...found })
    return next
  } catch (error) {
    if (!isOfTexts(error)) throw error
    addTo(state, step, enteredAt, null, { ...seen, says: error.message })
    return { status: 'failed', reason: error.message }
  }
}

/** What a step throws when its texts became something that it cannot use. */
const isOfTexts = (error: unknown): error is Error =>
  error instanceof TemplateError || error instanceof RangeError || error instanceof z.ZodError
