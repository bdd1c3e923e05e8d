/**
 * What an event does to journeys: it takes runs on, ends or holds them, and lets new ones begin. All
 * of it in the transaction that takes the event out of the queue. Runs that are there hear of
 * it before new ones begin, so no run is ended by what began it.
 */
import type { TransactionSql } from 'postgres'
import type { QueuedEvent } from '../../events/subscribe.ts'
import type { WorkspaceFacts } from '../../workspaces/directory.ts'
import { holds } from '../conditions.ts'
import { FAILURES, hasContact } from '../defaults.ts'
import { type Facts, renderText } from '../facts.ts'
import { type Person, readPeople } from '../store/people.ts'
import { lockRunsByKey, lockRunsOf, lockSender } from '../store/runs.ts'
import { eventFacts, runFacts } from './context.ts'
import type { EngineDeps } from './deps.ts'
import { type Journey, refOf } from './documents.ts'
import { endRuns } from './end.ts'
import { type Entry, enterRuns, keyOf } from './enter.ts'
import { judgedNow } from './hits.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { applyIntervention, applyRules, failSender, listensTo } from './rules.ts'
import { KEY as SCHEDULE_KEY } from './schedules.ts'
import { isFault, wordsOf } from './walk.ts'

interface Scene {
  readonly tx: TransactionSql
  readonly deps: EngineDeps
  readonly workspace: WorkspaceFacts
  readonly journeys: readonly Journey[]
  readonly people: ReadonlyMap<string, Person>
  readonly ledger: Ledger
  readonly now: Date
}

export async function react(
  tx: TransactionSql,
  deps: EngineDeps,
  workspaceId: string,
  given: readonly QueuedEvent[],
): Promise<void> {
  const now = deps.db.clock.now()
  const journeys = await deps.documents.live(tx, workspaceId)
  if (journeys.length === 0) return
  const workspace = await deps.directories.workspaces.get(workspaceId)
  const events = await judgedNow(tx, workspaceId, given)
  const ids = events.flatMap((event) => (event.contactId === null ? [] : [event.contactId]))
  const people = await readPeople(tx, workspaceId, ids)
  const ledger = createLedger(now, deps.log)
  const scene: Scene = { tx, deps, workspace, journeys, people, ledger, now }
  let entries: Entry[] = []
  for (const event of events) {
    if (await hasListeners(scene, event)) {
      await enterRuns(tx, entries, scene) // an earlier event's run may be ended by this one
      entries = []
      await tellRuns(scene, event)
    }
    entries.push(...journeys.flatMap((journey) => entryOf(scene, journey, event)))
  }
  await enterRuns(tx, entries, scene)
  await scene.ledger.write(tx)
}

async function hasListeners({ journeys }: Scene, event: QueuedEvent): Promise<boolean> {
  // Older versions may listen to more than the one in use; that the event came here says that one does.
  return (
    (FAILURES.has(event.name) && event.messageId !== null) ||
    journeys.some(({ document }) => listensTo(document, event)) ||
    !journeys.some(({ document }) => document.trigger.events?.includes(event.name))
  )
}

async function tellRuns(scene: Scene, event: QueuedEvent): Promise<void> {
  const { tx, deps, workspace, journeys, people, ledger, now } = scene
  if (FAILURES.has(event.name) && event.messageId !== null) {
    const sender = await lockSender(tx, workspace.id, event.messageId)
    const documents = sender && (await deps.documents.get(tx, workspace.id, [sender]))
    const document = sender && documents?.get(refOf(sender))
    if (sender && document) await failSender(tx, sender, document, event, { ledger, now })
  }
  const person = event.contactId === null ? undefined : people.get(event.contactId)
  const personal = journeys.filter(({ document }) => hasContact(document)).map(({ row }) => row.id)
  const runs =
    event.contactId === null || personal.length === 0
      ? []
      : await lockRunsOf(
          tx,
          workspace.id,
          { contactId: person?.id ?? event.contactId, number: numberOf(event) },
          personal,
        )
  const shared = new Set(runs.filter(({ shares }) => shares).map(({ id }) => id))
  const keys = journeys.flatMap((journey) => {
    const key = hasContact(journey.document) ? null : keyFor(scene, journey, event)
    return key === null ? [] : [{ journeyId: journey.row.id, key }]
  })
  const keyed = keys.length === 0 ? [] : await lockRunsByKey(tx, workspace.id, keys)
  const all = [...runs, ...keyed]
  const documents = await deps.documents.get(tx, workspace.id, all)
  for (const run of all) {
    const document = documents.get(refOf(run))
    const journey = journeys.find(({ row }) => row.id === run.journeyId)
    if (!document || !journey) continue
    const whose = run.contactId === null || shared.has(run.id) ? undefined : person
    const facts: Facts = {
      ...runFacts(run, { document, settings: journey.row.settings, workspace, person: whose }),
      event: eventFacts(event),
    }
    const apply = shared.has(run.id) ? applyIntervention : applyRules
    await apply(tx, { run, document, facts, event }, { ledger, now }).catch((error) => {
      if (!isFault(error)) throw error
      const detail = `${event.name}: ${wordsOf(error)}`
      const ending = { status: 'failed', reason: 'step_failed', detail, attention: true } as const
      return endRuns(tx, [run], ending, { ledger, now })
    })
  }
}

/** Whose number an answer came from; several contacts may have it. */
function numberOf({ name, properties: { from } }: QueuedEvent): string | null {
  const isAnswer = name === 'message.received' || name === 'message.replied'
  return isAnswer && typeof from === 'string' && from.startsWith('+') ? from : null
}

function factsFor({ workspace, people }: Scene, { row, document }: Journey, event: QueuedEvent) {
  const person = event.contactId === null ? undefined : people.get(event.contactId)
  const begin = {
    id: '',
    key: '',
    startedAt: event.recordedAt,
    event: eventFacts(event),
    results: {},
  }
  return runFacts(begin, { document, settings: row.settings, workspace, person })
}

/** A journey whose own texts cannot be worked out keeps none of the others from hearing of the event. */
function unlessFaulty<T>({ deps }: Scene, { row }: Journey, otherwise: T, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!isFault(error)) throw error
    deps.log.warn({ err: error, journey_id: row.id }, 'a journey cannot be begun by an event')
    return otherwise
  }
}

/** What tells this event's run apart; null when there can be none. */
function keyFor(scene: Scene, journey: Journey, event: QueuedEvent): string | null {
  const { key } = journey.document.trigger
  if (key !== undefined)
    return unlessFaulty(scene, journey, null, () => {
      return keyOf(renderText(key, factsFor(scene, journey, event))) || null
    })
  if (journey.document.trigger.schedule) return SCHEDULE_KEY
  if (!hasContact(journey.document)) return event.id
  return scene.people.get(event.contactId ?? '')?.id ?? event.contactId
}

function entryOf(scene: Scene, journey: Journey, event: QueuedEvent): Entry[] {
  const { row, document } = journey
  const { events, source, where } = document.trigger
  if (event.restored || row.status !== 'active' || !events?.includes(event.name)) return []
  if (source !== undefined && source !== event.source) return []
  const personal = hasContact(document)
  if (personal && (event.contactId === null || !scene.people.has(event.contactId))) return []
  const facts = factsFor(scene, journey, event)
  if (where && !unlessFaulty(scene, journey, false, () => holds(where, facts))) return []
  const key = keyFor(scene, journey, event)
  if (key === null) return []
  const contactId = personal ? (scene.people.get(event.contactId ?? '')?.id ?? null) : null
  const { id: journeyId, version } = row
  const workspaceId = scene.workspace.id
  return [
    { workspaceId, journeyId, version, document, contactId, key, event: eventFacts(event), facts },
  ]
}
