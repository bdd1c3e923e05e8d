/** From a request to what a simulation assumes: the journey, the contact as it is, the events in order. */
import type { TransactionSql } from 'postgres'
import { getContactId, getContactView } from '../../contacts/find.ts'
import { inWorkspace } from '../../db/db.ts'
import { AppError } from '../../errors.ts'
import type { TestDeps } from '../../templates/sendTest.ts'
import { testTemplate } from '../../templates/testTemplate.ts'
import { hasContact } from '../defaults.ts'
import { getPlace } from '../drafts/find.ts'
import { getCurrentJourney } from '../find.ts'
import { settingsOf } from '../settings.ts'
import type { StepMessage } from '../steps/step.ts'
import type { Duration } from '../texts.schema.ts'
import { assertSettings } from '../validate/settings.ts'
import type { SimulationRequest } from './schema.ts'
import type { Assumptions, HappeningEvent } from './state.ts'

const MINUTES = { minutes: 1, hours: 60, days: 1_440 } as const
const MADE_UP = { id: '00000000-0000-7000-8000-000000000000', external_id: null, name: null }
const NOTHING = { email: null, phone: null, locale: null, time_zone: null, tags: [], traits: {} }

/** 404 for a contact that is not there, 422 for settings that do not fit. */
export async function assume(
  workspaceId: string,
  ref: string,
  request: SimulationRequest,
  deps: TestDeps,
): Promise<Assumptions> {
  const { journey, settings } = await inWorkspace(deps.db, workspaceId, (tx) =>
    journeyOf(tx, workspaceId, ref, request),
  )
  const values = { ...settings, ...request.settings }
  if (request.settings) assertSettings(journey, request.settings)
  const at = request.at === undefined ? deps.db.clock.now() : new Date(request.at)
  const { name, timeZone, locale } = await deps.directories.workspaces.get(workspaceId)
  return {
    ...{ journey, settings: settingsOf(journey, values) },
    workspace: { name, timeZone, locale },
    contact: hasContact(journey) ? await contactOf(workspaceId, request, deps) : null,
    event: beginningOf(request, journey.trigger, at),
    events: eventsOf(request, at),
    results: request.results ?? {},
    render: (message) => renderMessage(workspaceId, message, deps),
  }
}

/** What is given instead may be of a journey that is not published yet. */
async function journeyOf(
  tx: TransactionSql,
  workspaceId: string,
  ref: string,
  { document }: SimulationRequest,
) {
  if (document) {
    const { journey } = await getPlace(tx, workspaceId, ref)
    return { journey: document, settings: journey?.settings ?? {} }
  }
  const { row, version } = await getCurrentJourney(tx, workspaceId, ref)
  return { journey: version.definition, settings: row.settings }
}

async function contactOf(
  workspaceId: string,
  { contact_id: ref, contact }: SimulationRequest,
  { db }: TestDeps,
): Promise<Record<string, unknown>> {
  if (ref === undefined) return { ...MADE_UP, ...NOTHING, ...contact }
  return inWorkspace(db, workspaceId, async (tx) => {
    const id = await getContactId(tx, workspaceId, ref)
    return { ...(await getContactView(tx, workspaceId, id)) }
  })
}

function beginningOf(
  { event }: SimulationRequest,
  trigger: Assumptions['journey']['trigger'],
  at: Date,
): HappeningEvent {
  return {
    name: event?.name ?? trigger.events?.[0] ?? (trigger.api ? 'api' : 'schedule'),
    source: event?.source ?? trigger.source ?? 'api',
    at,
    properties: event?.properties ?? {},
  }
}

function eventsOf({ events = [] }: SimulationRequest, start: Date): HappeningEvent[] {
  return events
    .map((each) => ({
      name: each.event,
      source: each.source ?? 'api',
      at: each.at === undefined ? later(start, each.after ?? {}) : new Date(each.at),
      properties: each.properties ?? {},
    }))
    .sort((a, b) => a.at.getTime() - b.at.getTime())
}

function later(start: Date, after: Duration): Date {
  const minutes = Object.entries(MINUTES).reduce(
    (sum, [unit, length]) => sum + Number(after[unit as keyof Duration] ?? 0) * length, // unit is a key of MINUTES
    0,
  )
  const at = new Date(start.getTime() + minutes * 60_000)
  if (Number.isNaN(at.getTime()))
    throw new AppError('invalid_input', 'The time of an event must be a plain number, not Liquid.')
  return at
}

/** Templates are rendered as a test of them would be; everything else is rendered already. */
async function renderMessage(
  workspaceId: string,
  { item, toDestination }: StepMessage,
  deps: TestDeps,
): Promise<Record<string, unknown>> {
  const { template_id: template, template_variables: variables, ...rest } = item
  const to = toDestination ? { to: 'destination' } : {}
  if (typeof template !== 'string') return { ...rest, ...to }
  const request = { template_variables: { ...Object(variables) }, placeholders: false }
  const { subject, html, text } = await testTemplate(workspaceId, template, request, deps)
  return { ...rest, ...to, template_id: template, subject, html, text }
}
