/** The period that a question is about. */
import { z } from 'zod'
import { invalid } from '../errors.ts'
import { Instant } from '../lib/instant.ts'

const DAY_MS = 86_400_000
const DEFAULT_DAYS = 30
const MAX_DAYS = 800

export const Range = z.strictObject({
  from: Instant.optional().meta({ description: 'Default: 30 days before `to`.' }),
  to: Instant.optional().meta({ description: 'Default: now.' }),
})

export function rangeOf(query: { from?: string | undefined; to?: string | undefined }, now: Date) {
  const to = query.to ? new Date(query.to) : now
  const from = query.from ? new Date(query.from) : new Date(to.getTime() - DEFAULT_DAYS * DAY_MS)
  if (from >= to) throw invalid('/from', 'must be before to')
  if (to.getTime() - from.getTime() > MAX_DAYS * DAY_MS)
    throw invalid('/from', `at most ${MAX_DAYS} days before to`)
  return { from, to }
}
