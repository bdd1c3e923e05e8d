/**
 * Opens and clicks as journeys hear of them. Shortly after a mail has arrived it is scanners that open and click,
 * and what they are shows by what comes next: a journey waits for that, and then hears what is thought by then.
 * Whoever only shows opens is told at once.
 */
import type { TransactionSql } from 'postgres'
import type { QueuedEvent } from '../../events/subscribe.ts'
import { readHits } from '../store/hits.ts'

const NAMES = new Set(['message.opened', 'message.clicked'])
const TRACKING = 'tracking' // who hears of it from a vendor hears what the vendor thinks of it
const EARLY_MS = 5 * 60_000 // after the message: later, machines are few
const SETTLED_MS = 120_000 // after the message a burst of them is over
const LEAST_MS = 15_000

const isHit = ({ name, source, messageId }: QueuedEvent) =>
  NAMES.has(name) && source === TRACKING && messageId !== null

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
  const later = hits.flatMap(({ id, at }): [string, Date][] => {
    const sentAt = known.get(id)?.sentAt
    if (!sentAt) return []
    const age = +at - +sentAt
    if (age >= EARLY_MS) return []
    const until = new Date(+at + Math.max(LEAST_MS, SETTLED_MS - age))
    return until > now ? [[id, until]] : []
  })
  return new Map(later)
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
