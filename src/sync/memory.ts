/** What a process keeps in memory for a while: the least recently used goes first, the old in any case. */
import type { Clock } from '../db/db.ts'

const HOUR_MS = 3_600_000

export interface TimedMap {
  get(key: string): string | undefined
  set(key: string, value: string, forHours: number): void
  size(): number
  /** When the oldest that is still kept was set. */
  oldestAt(): Date | null
}

interface Entry {
  readonly value: string
  readonly at: number
  readonly until: number
}

export function createTimedMap({ clock, max }: { clock: Clock; max: number }): TimedMap {
  const entries = new Map<string, Entry>()
  const isOver = (entry: Entry) => entry.until <= +clock.now()

  const dropOld = () => {
    for (const [key, entry] of entries) if (isOver(entry)) entries.delete(key)
  }
  return {
    get(key) {
      const entry = entries.get(key)
      if (!entry) return undefined
      entries.delete(key)
      if (isOver(entry)) return undefined
      entries.set(key, entry) // the most recently used is last
      return entry.value
    },
    set(key, value, forHours) {
      const at = +clock.now()
      entries.delete(key)
      if (forHours <= 0) return
      entries.set(key, { value, at, until: at + forHours * HOUR_MS })
      const first = entries.size > max ? entries.keys().next().value : undefined
      if (first !== undefined) entries.delete(first)
    },
    size() {
      dropOld()
      return entries.size
    },
    oldestAt() {
      dropOld()
      let oldest: number | null = null
      for (const { at } of entries.values()) if (oldest === null || at < oldest) oldest = at
      return oldest === null ? null : new Date(oldest)
    },
  }
}
