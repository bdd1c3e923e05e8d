/** How long a step waits, counted from when the run came to it. */
import { renderAmount } from '../facts.ts'
import type { Amount } from '../texts.schema.ts'
import type { StepRun } from './step.ts'

const MINUTE_MS = 60_000
const FARTHEST_MS = 100 * 366 * 24 * 60 * MINUTE_MS // what a date of the database still holds

interface Span {
  readonly minutes?: Amount | undefined
  readonly hours?: Amount | undefined
  readonly days?: Amount | undefined
}

export function endOf({ minutes, hours, days }: Span, { facts, enteredAt }: StepRun): Date {
  const of = (amount: Amount | undefined) =>
    amount === undefined ? 0 : renderAmount(amount, facts)
  const ms = (of(minutes) + 60 * of(hours) + 24 * 60 * of(days)) * MINUTE_MS
  return new Date(+enteredAt + Math.min(Math.round(ms), FARTHEST_MS))
}
