/** When each of the demo's people came: some before its history begins, then more and more of them. Pure. */
import { type Person, people } from './people.ts'
import { createChance } from './random.ts'

export const REGULARS = 60 // people who were there before
const DAY_MS = 86_400_000
const BEFORE_DAYS = 60 // over which they came
const SEED = 1_815

/** By their place in `people`, who are in the order in which they came. */
export function joinedAt(start: Date, begun: Date): readonly Date[] {
  const chance = createChance(SEED)
  const draws = (n: number) => Array.from({ length: n }, chance.next).sort((a, b) => a - b)
  const before = draws(REGULARS).map((share) => +start - (1 - share) * BEFORE_DAYS * DAY_MS)
  const since = draws(people.length - REGULARS).map(
    (share) => +start + later(share) * (+begun - +start),
  )
  return [...before, ...since].map((ms) => new Date(Math.floor(ms)))
}

/** Who was there at that moment. */
export function knownAt(joined: readonly Date[], at: Date): readonly Person[] {
  return people.slice(0, joined.filter((each) => each < at).length)
}

/** From an even spread to one that is twice as dense at its end: inverts (2x + x²) / 3. */
const later = (share: number) => Math.sqrt(1 + 3 * share) - 1
