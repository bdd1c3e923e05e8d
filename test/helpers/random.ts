/** Chance that can be had again: the same seed, the same run. */

export interface Chance {
  readonly seed: number
  /** In [0, 1). */
  next(): number
  /** A whole number from `low` to `high`, both possible. */
  between(low: number, high: number): number
  pick<T>(items: readonly T[]): T
}

export function chance(seed: number): Chance {
  let state = seed >>> 0
  // mulberry32: 32 bits of state are enough to choose when to pull a plug.
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const between = (low: number, high: number) => low + Math.floor(next() * (high - low + 1))
  return {
    seed,
    next,
    between,
    pick(items) {
      const item = items[between(0, items.length - 1)]
      if (item === undefined) throw new Error('there is nothing to pick from')
      return item
    },
  }
}

/** The seed that BECKON_SEED gives, else a new one. */
export function seedOf(env: Readonly<Record<string, string | undefined>> = process.env): number {
  const given = env['BECKON_SEED']
  return given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given)
}
