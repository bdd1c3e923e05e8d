/** A simulated run under way: what was assumed, where it is, and what it has seen. */

import { paidBy } from '../effort.ts'
import { eventFacts as asFacts } from '../engine/context.ts'
import type { Facts } from '../facts.ts'
import type { JourneyDocument, SettingValues } from '../schema.ts'
import type { StepMessage, StepRun } from '../steps/step.ts'
import type { StepDocument } from '../steps.schema.ts'
import type { SimulatedStep, Simulation } from './schema.ts'

export interface HappeningEvent {
  readonly name: string
  readonly source: string
  readonly at: Date
  readonly properties: Readonly<Record<string, unknown>>
}

export interface Assumptions {
  readonly journey: JourneyDocument
  readonly settings: SettingValues
  readonly workspace: { readonly name: string; readonly timeZone: string; readonly locale: string }
  /** As the API shows contacts; null: nobody. */
  readonly contact: Readonly<Record<string, unknown>> | null
  /** What begins it. */
  readonly event: HappeningEvent
  /** What happens meanwhile, in order of time. */
  readonly events: readonly HappeningEvent[]
  readonly results: Readonly<Record<string, unknown>>
  /** What a message of a template says. */
  render(message: StepMessage): Promise<Record<string, unknown>>
}

export type End = { readonly status: Simulation['ended']['status']; readonly reason: string | null }
export type Next = { readonly to: string | null } | End

export interface State {
  readonly given: Assumptions
  contact: Readonly<Record<string, unknown>> | null
  steps: Record<string, unknown>
  now: Date
  readonly key: string
  readonly path: SimulatedStep[]
  /** That each message goes out is assumed, as soon as it may. */
  readonly sent: HappeningEvent[]
}

/** As the engine's; `event` is the one looked at. */
export function factsOf({ given, contact, steps, key }: State, event = given.event): Facts {
  const { settings, workspace } = given
  return paidBy(given, {
    event: eventFacts(event),
    contact,
    settings,
    steps,
    run: {
      ...{ id: 'simulation', key, started_at: given.event.at.toISOString() },
      event: eventFacts(given.event),
    },
    workspace: { name: workspace.name, time_zone: workspace.timeZone, locale: workspace.locale },
  })
}

/** As the engine's; it has no id, for it was never recorded. */
export const eventFacts = (event: HappeningEvent) => {
  const { message_id: messageId } = event.properties
  return asFacts({
    ...event,
    id: '',
    messageId: messageId === undefined ? null : String(messageId),
  })
}

export function runOf(state: State, enteredAt: Date, waited: boolean): StepRun {
  const { journey, workspace } = state.given
  const { contact, now, key } = state
  const tags = contact?.['tags']
  return {
    ...{ journey, facts: factsOf(state), key, now, enteredAt, waited },
    timeZone: String(contact?.['time_zone'] ?? workspace.timeZone),
    tags: Array.isArray(tags) ? tags.map(String) : [],
  }
}

export function addTo(
  { path }: State,
  { id, type }: StepDocument,
  at: Date,
  leftAt: Date | null,
  rest: Pick<SimulatedStep, 'says' | 'message' | 'call' | 'changes'>,
): void {
  const times = { at: at.toISOString(), left_at: leftAt?.toISOString() ?? null }
  path.push({ step: id, type, ...times, ...rest })
}
