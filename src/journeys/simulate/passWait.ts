/** A step that waits: until the time is over, the event comes, or something ends the run. */

import type { Condition } from '../conditions.schema.ts'
import { holds } from '../conditions.ts'
import { interventionsOf, nextOf } from '../defaults.ts'
import { renderText } from '../facts.ts'
import { HUMAN_INTERVENTION, isOtherItem, meets } from '../signals.ts'
import { decideStep } from '../steps/registry.ts'
import type { StepDocument } from '../steps.schema.ts'
import {
  addTo,
  type End,
  eventFacts,
  factsOf,
  type HappeningEvent,
  type Next,
  runOf,
  type State,
} from './state.ts'

export async function passWait(state: State, step: StepDocument, until: Date): Promise<Next> {
  const enteredAt = state.now
  const seen = { message: null, call: null, changes: null }
  const sent = state.sent.filter(({ at }) => at >= enteredAt)
  const events = [...state.given.events.filter(({ at }) => at > enteredAt), ...sent]
  for (const event of events.toSorted((a, b) => +a.at - +b.at)) {
    if (event.at >= until) continue
    const end = endOf(state, event)
    if (end) {
      state.now = event.at
      addTo(state, step, enteredAt, null, { ...seen, says: `${event.name} ends it.` })
      return end
    }
    if (step.type !== 'wait_for' || event.name !== step.event) continue
    if (step.where && !holds(step.where, factsOf(state, event))) continue
    state.now = event.at
    state.steps = { ...state.steps, [step.id]: { matched: true, event: eventFacts(event) } }
    addTo(state, step, enteredAt, event.at, { ...seen, says: `${event.name} came.` })
    const { on_event = nextOf(state.given.journey, step) } = step
    return { to: on_event }
  }
  state.now = until
  const outcome = decideStep(runOf(state, enteredAt, true), step)
  const to = outcome.kind === 'go' ? outcome.to : null
  const says = step.type === 'wait_for' ? `${step.event} did not come.` : 'Waits.'
  addTo(state, step, enteredAt, until, { ...seen, says })
  return { to }
}

/** What an event does to the run, as the engine's rules have it; null: nothing. */
function endOf(state: State, event: HappeningEvent): End | null {
  const { journey } = state.given
  const facts = factsOf(state, event)
  const applies = (rule: { event: string; where?: Condition | undefined }) =>
    rule.event === event.name && (!rule.where || holds(rule.where, facts))
  if (journey.goal && applies(journey.goal)) return { status: 'done', reason: 'goal' }
  const exit = journey.exit_on?.find(applies)
  if (exit) return { status: 'exited', reason: renderText(exit.reason ?? event.name, facts) }
  const rule = interventionsOf(journey).find((each) => meets(each, event))
  if (!rule || isOtherItem(state.given.event, event)) return null
  return { status: rule.do === 'exit' ? 'exited' : 'held', reason: HUMAN_INTERVENTION }
}
