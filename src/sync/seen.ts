/**
 * Keys of events that are recorded, so that most of what a re-scan finds again does not reach the
 * database. It only saves work: what it does not know, the database's unique key does.
 */
import type { EventRecord, Records } from '../connectors/connector.ts'
import type { Clock } from '../db/db.ts'
import { createTimedMap } from './memory.ts'

const MAX_KEYS = 200_000

export interface Seen {
  /** Records that may be new, and how many events of each name were left out. */
  sift(
    place: { workspaceId: string; source: string },
    records: Records,
  ): { records: Records; again: ReadonlyMap<string, number> }
  /** Once their transaction is committed. */
  add(place: { workspaceId: string; source: string }, keys: readonly string[]): void
  figures(): SeenFigures
}

export interface SeenFigures {
  readonly size: number
  readonly retentionHours: number
  readonly hits: number
  readonly oldestAt: Date | null
}

export function createSeen({ clock, hours }: { clock: Clock; hours: number }): Seen {
  const keys = createTimedMap({ clock, max: MAX_KEYS })
  let hits = 0
  const nameOf = (place: { workspaceId: string; source: string }, key: string) =>
    `${place.workspaceId}/${place.source}/${key}`
  return {
    sift(place, records) {
      const again = new Map<string, number>()
      const isKnown = (event: EventRecord) => keys.get(nameOf(place, event.key)) !== undefined
      const left = records.filter((record) => {
        if (record.kind === 'contact' || !isKnown(record)) return true
        again.set(record.name, (again.get(record.name) ?? 0) + 1)
        hits++
        return false
      })
      return { records: left, again }
    },
    add(place, added) {
      for (const key of added) keys.set(nameOf(place, key), '', hours)
    },
    figures: () => ({
      ...{ size: keys.size(), retentionHours: hours, hits, oldestAt: keys.oldestAt() },
    }),
  }
}
