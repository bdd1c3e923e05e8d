/**
 * Opens and clicks as journeys hear of them. Shortly after a mail has arrived it is scanners that open and click,
 * and what they are shows by what comes next: a journey waits for that, and then hears what is thought by then.
 * Whoever only shows opens is told at once.
 */
import type { TransactionSql } from 'postgres'
import type { QueuedEvent } from '../../events/subscribe.ts'
import { SUBSCRIBER } from '../interests.ts'
import type { JourneyDocument } from '../schema.ts'
import { findOnTheirWay, findPending, readHits } from '../store/hits.ts'
import type { RunRow } from '../store/runs.ts'
import { refOf } from './documents.ts'

const NAMES = new Set(['message.opened', 'message.clicked'])
const TRACKING = 'tracking' // who hears of it from a vendor hears what the vendor thinks of it
const EARLY_MS = 5 * 60_000 // after the message: later, machines are few
const SETTLED_MS = 120_000 // after the message a burst of them is over
const LEAST_MS = 15_000
const SOON_MS = 1_000 // what is due is told within this
const PATIENCE_MS = 60_000 // with a run that is on its way; it may be paused, or call somebody who is away

const isHit = ({ name, source, messageId }: QueuedEvent) =>
  NAMES.has(name) && source === TRACKING && messageId !== null

/**
 * A run that began or went on by a hit did so later than it came. What came after that one counts for it, though it
 * was recorded before the run was there.
 */
export function followsHit(run: Pick<RunRow, 'event' | 'results'>, event: QueuedEvent): boolean {
  if (!isHit(event)) return false
  const heard = [run.event, ...Object.values(run.results).map(eventOf)].filter(wasHit)
  const last = Math.max(...heard.map(({ at }) => Date.parse(String(at))))
  return heard.length > 0 && +event.at >= last
}

/** What a `wait_for` noted: see wake in rules.ts. */
const eventOf = (result: unknown): unknown =>
  typeof result === 'object' && result !== null && 'event' in result ? result.event : null

const wasHit = (event: unknown): event is { readonly at: unknown } =>
  typeof event === 'object' &&
  event !== null &&
  ['name', 'source', 'at'].every((key) => key in event) &&
  'name' in event &&
  NAMES.has(String(event.name)) &&
  'source' in event &&
  event.source === TRACKING

/** Runs whose time is over, of whom a hit is known that they have not heard of yet; and when they will have. */
export async function stillToHear(
  tx: TransactionSql,
  runs: readonly RunRow[],
  documents: ReadonlyMap<string, JourneyDocument>,
  now: Date,
): Promise<ReadonlyMap<string, Date>> {
  const waiting = runs.flatMap(({ workspaceId, id, contactId, status, step, ...run }) => {
    if (status !== 'waiting' || contactId === null) return []
    const at = documents.get(refOf(run))?.steps.find((each) => each.id === step)
    if (at?.type !== 'wait_for' || !NAMES.has(at.event)) return []
    return [{ workspaceId, id, contactId, name: at.event }]
  })
  if (waiting.length === 0) return new Map()
  const since = new Date(+now - EARLY_MS - SETTLED_MS) // of what went out before, all is told
  const pending = await findPending(tx, SUBSCRIBER, waiting, since)
  const soon = new Date(+now + SOON_MS)
  return new Map(pending.map(({ id, dueAt }) => [id, dueAt > soon ? dueAt : soon]))
}

/** Those that are to be heard of later, and when. */
export async function holdHits(
  tx: TransactionSql,
  workspaceId: string,
  events: readonly QueuedEvent[],
  now: Date,
): Promise<ReadonlyMap<string, Date>> {
  const hits = events.filter(isHit)
  if (hits.length === 0) return new Map()
  const known = new Map((await readHits(tx, workspaceId, hits)).map((hit) => [hit.eventId, hit]))
  const held = hits.flatMap((event): Held[] => {
    const sentAt = known.get(event.id)?.sentAt
    if (!sentAt) return []
    const age = +event.at - +sentAt
    if (age >= EARLY_MS) return []
    return [{ event, until: new Date(+event.at + Math.max(LEAST_MS, SETTLED_MS - age)) }]
  })
  const early = held.filter(({ until }) => until > now)
  const over = held.filter(({ until }) => until <= now && +until > +now - PATIENCE_MS)
  const soon = new Date(+now + SOON_MS)
  return new Map([
    ...early.map(({ event, until }) => [event.id, until] as const),
    ...(await afterOthers(tx, workspaceId, over)).map((id) => [id, soon] as const),
  ])
}

interface Held {
  readonly event: QueuedEvent
  readonly until: Date
}

/**
 * Ids of those that wait for what an earlier one does: an open and a click that are due at the same moment came one
 * after the other, and whoever the open takes on is to be at its next wait before the click is told.
 */
async function afterOthers(
  tx: TransactionSql,
  workspaceId: string,
  due: readonly Held[],
): Promise<string[]> {
  const contacts = due.flatMap(({ event }) => event.contactId ?? [])
  if (contacts.length === 0) return []
  const put = new Set(await findOnTheirWay(tx, workspaceId, contacts))
  const first = new Map<string, string>()
  return due.flatMap(({ event: { id, contactId, name } }) => {
    if (contactId === null) return []
    if ((first.get(contactId) ?? name) !== name) put.add(contactId)
    first.set(contactId, name)
    return put.has(contactId) ? [id] : []
  })
}

/** With the class that they have now. */
export async function judgedNow(
  tx: TransactionSql,
  workspaceId: string,
  events: readonly QueuedEvent[],
): Promise<readonly QueuedEvent[]> {
  const hits = events.filter(isHit)
  if (hits.length === 0) return events
  const known = new Map((await readHits(tx, workspaceId, hits)).map((hit) => [hit.eventId, hit]))
  return events.map((event) => {
    const hit = known.get(event.id)
    if (!hit) return event
    const { class: judged, reason } = hit
    return { ...event, properties: { ...event.properties, class: judged, reason } }
  })
}
