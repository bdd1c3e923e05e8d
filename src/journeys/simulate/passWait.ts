/** A step that waits: until the time is over, the event comes, or something ends the run. */
import { holds } from '../conditions.ts'
import { hasContact, interventionsOf, nextOf } from '../defaults.ts'
import { decideStep } from '../steps/registry.ts'
import type { StepDocument } from '../steps.schema.ts'
import { addTo, factsOf, type HappeningEvent, type Next, runOf, type State } from './state.ts'

export async function passWait(state: State, step: StepDocument, until: Date): Promise<Next> {
  const enteredAt = state.now
  const seen = { message: null, call: null, changes: null }
  for (const event of state.given.events) {
    if (event.at <= enteredAt || event.at >= until) continue
    const reason = endedBy(state, event)
    if (reason !== null) {
      state.now = event.at
      addTo(state, step, enteredAt, null, { ...seen, says: `${event.name} ends it.` })
      return { status: 'exited', reason }
    }
    if (step.type !== 'wait_for' || event.name !== step.event) continue
    if (step.where && !holds(step.where, factsOf(state, event))) continue
    state.now = event.at
    state.steps = { ...state.steps, [step.id]: { ...event.properties, matched: true } }
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

/** Why an event ends the run; null when it does not. */
function endedBy(state: State, event: HappeningEvent): string | null {
  const { journey } = state.given
  const facts = factsOf(state, event)
  for (const { event: name, where, reason } of journey.exit_on ?? [])
    if (name === event.name && (!where || holds(where, facts))) return reason ?? name
  const { goal } = journey
  if (goal?.event === event.name && (!goal.where || holds(goal.where, facts))) return 'goal'
  const signal = signalOf(event)
  const ends = interventionsOf(journey).some((each) => each.on === signal && each.do === 'exit')
  return ends && hasContact(journey) ? 'human_intervention' : null
}

function signalOf({ name, properties }: HappeningEvent): 'reply' | 'crm_change' | null {
  if (name === 'message.replied') return 'reply'
  if (name === 'message.received') return properties['kind'] === 'human' ? 'reply' : null
  return name === 'item.status_changed' && properties['by'] !== 'us' ? 'crm_change' : null
}
