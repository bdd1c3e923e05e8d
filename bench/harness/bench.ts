/** What a bench is, what it is given, and what it answers. */

export interface Result {
  readonly bench: string
  readonly what: string
  readonly value: number
  readonly unit: string
  /** What it is compared with, measured in the same run; null where the goal is a plain limit. */
  readonly reference: string | null
  readonly reference_value: number | null
  readonly ratio: number | null
  readonly goal: string
  readonly ok: boolean
}

export interface Context {
  /** Small sizes: proves that a bench works, its figures say little. */
  readonly quick: boolean
  /** Where the server writes its CPU profiles; undefined: it writes none. */
  readonly profileDir: string | undefined
  /** A line for whoever watches. */
  say(line: string): void
  /** Runs when the bench is over, however it ends; the last one first. */
  defer(cleanup: () => Promise<unknown>): void
}

export interface Bench {
  readonly name: string
  run(context: Context): Promise<Result[]>
}

interface Measured {
  readonly bench: string
  readonly what: string
  readonly value: number
  readonly unit: string
}

interface Compared extends Measured {
  readonly reference: string
  readonly referenceValue: number
}

/** Higher is better, and at least `atLeast` times the reference. */
export function ratioAtLeast(measured: Compared, atLeast: number): Result {
  const { reference, referenceValue, ...rest } = measured
  const ratio = measured.value / referenceValue
  return {
    ...rest,
    reference,
    reference_value: referenceValue,
    ratio,
    goal: `≥ ${atLeast} ×`,
    ok: ratio >= atLeast,
  }
}

/** Lower is better, and at most `extra` more than the reference. */
export function atMostMore(measured: Compared, extra: number): Result {
  const { reference, referenceValue, ...rest } = measured
  return {
    ...rest,
    reference,
    reference_value: referenceValue,
    ratio: measured.value / referenceValue,
    goal: `≤ + ${extra} ${measured.unit}`,
    ok: measured.value <= referenceValue + extra,
  }
}

/** Lower is better, and at most `limit`. */
export function atMost(measured: Measured, limit: number): Result {
  return {
    ...measured,
    reference: null,
    reference_value: null,
    ratio: null,
    goal: `≤ ${limit} ${measured.unit}`,
    ok: measured.value <= limit,
  }
}

/** The value below which `share` of the sorted values lie; NaN of none. */
export function quantile(sorted: readonly number[] | Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}
