/**
 * How many messages of one sender may be between intent and answer.
 *
 * Whatever is there when the process dies is unknown afterwards, so it is no more than keeps
 * the sender busy: what its connections hold, and what is answered while the next intents are
 * committed. Both are measured, because nobody can say beforehand how fast a server answers.
 */
export interface InFlight {
  readonly size: number
  /** An answer came. */
  answered(): void
  /** Intents took so long to commit. */
  committed(ms: number): void
}

const LOOK_MS = 25 // between two looks at the rate of answers
const SPARE_MS = 10 // of answers that are in stock besides, for work that holds the process up
const COMMITS = 2 // worth of answers in stock: one is under way, and the next can be late
const WEIGHT = 0.3 // of what was measured last

/** `least` fills the connections; never more than `most`. */
export function createInFlight(
  { least, most }: { least: number; most: number },
  now: () => number = () => performance.now(),
): InFlight {
  let size = least
  let answers = 0
  let perMs = 0
  let commitMs = 0
  let lookedAt = now()

  const look = () => {
    const elapsed = now() - lookedAt
    if (elapsed < LOOK_MS) return
    perMs += (answers / elapsed - perMs) * WEIGHT
    answers = 0
    lookedAt += elapsed
    const stock = Math.round(perMs * (commitMs * COMMITS + SPARE_MS))
    size = Math.min(most, least + stock)
  }
  return {
    get size() {
      return size
    },
    answered() {
      answers++
    },
    committed(ms) {
      commitMs += (ms - commitMs) * WEIGHT
      look()
    },
  }
}
