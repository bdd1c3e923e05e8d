/** How far ahead a message may be put: what nobody will wait for is a mistake in the year. */
import { type AppError, invalid } from '../errors.ts'

const MAX_AHEAD_YEARS = 5
const YEAR_MS = 366 * 86_400_000

export function tooFarAhead(pointer: string, at: Date, now: Date): AppError | undefined {
  if (at.getTime() - now.getTime() <= MAX_AHEAD_YEARS * YEAR_MS) return undefined
  return invalid(pointer, `This is more than ${MAX_AHEAD_YEARS} years ahead.`)
}
