/** What a run's texts and conditions find: its facts. */
import type { QueuedEvent } from '../../events/subscribe.ts'
import type { WorkspaceFacts } from '../../workspaces/directory.ts'
import { hasContact } from '../defaults.ts'
import type { Facts } from '../facts.ts'
import type { JourneyDocument, SettingValues } from '../schema.ts'
import { settingsOf } from '../settings.ts'
import type { Person } from '../store/people.ts'
import type { Carried, RunRow } from '../store/runs.ts'

type Happened = Pick<QueuedEvent, 'id' | 'messageId' | 'name' | 'source' | 'at' | 'properties'>

/** An event as facts: what it tells, and what it is. */
export const eventFacts = (event: Happened): Carried => ({
  ...event.properties,
  id: event.id,
  message_id: event.messageId,
  name: event.name,
  at: event.at.toISOString(),
  source: event.source,
})

function personFacts(person: Person) {
  return {
    id: person.id,
    external_id: person.externalId,
    name: person.name,
    email: person.email,
    phone: person.phone,
    time_zone: person.timeZone,
    locale: person.locale,
    traits: person.traits,
    tags: person.tags,
  }
}

export interface FactsOf {
  readonly document: JourneyDocument
  readonly settings: SettingValues
  readonly workspace: WorkspaceFacts
  readonly person: Person | undefined
}

export function runFacts(
  run: Pick<RunRow, 'id' | 'key' | 'startedAt' | 'event' | 'results'>,
  { document, settings, workspace, person }: FactsOf,
): Facts {
  return {
    event: run.event,
    contact: person ? personFacts(person) : {},
    settings: settingsOf(document, settings),
    steps: run.results,
    run: { id: run.id, key: run.key, started_at: run.startedAt.toISOString(), event: run.event },
    workspace: {
      id: workspace.id,
      name: workspace.name,
      slug: workspace.slug,
      time_zone: workspace.timeZone,
      locale: workspace.locale,
    },
  }
}

const needing = new WeakMap<JourneyDocument, boolean>()

/** Whether deciding its steps takes a look at the contact. */
export function needsPerson(document: JourneyDocument): boolean {
  const known = needing.get(document)
  if (known !== undefined) return known
  const personal = document.steps.some(
    (step) =>
      ['send', 'window', 'update'].includes(step.type) ||
      (step.type === 'wait' && step.until !== undefined) ||
      JSON.stringify(step).includes('contact'),
  )
  const needs = hasContact(document) && personal
  needing.set(document, needs)
  return needs
}
