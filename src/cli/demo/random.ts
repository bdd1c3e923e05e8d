/** Chance that comes out the same each time, so that a demo that was interrupted goes on as it began. */
export interface Chance {
  /** From 0 up to 1, without it. */
  next(): number
  happens(share: number): boolean
  below(limit: number): number
  of<T>(list: readonly T[]): T
}

/** mulberry32: 32 bits of state, well enough spread for a story. */
export function createChance(seed: number): Chance {
  let state = (seed * 0x9e3779b1) >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    next,
    below,
    happens: (share) => next() < share,
    of: (list) => list[below(list.length)]!,
  }
}
