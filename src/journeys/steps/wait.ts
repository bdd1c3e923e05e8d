/** Waits for a time, or until a date. */
import { instantOf } from '../../lib/zone.ts'
import { nextOf } from '../defaults.ts'
import { renderText } from '../facts.ts'
import { endOf } from './durations.ts'
import type { Decide, StepRun } from './step.ts'

export const decideWait: Decide<'wait'> = (run, step) => {
  const go = { kind: 'go', to: nextOf(run.journey, step) } as const
  if (run.waited) return go
  const until = step.until === undefined ? endOf(step, run) : dateOf(step.until, run)
  return until > run.now ? { kind: 'wait', until } : go
}

/** A date, perhaps with a time, without an offset. */
const LOCAL = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?))?$/
/** ISO 8601 with an offset, or the form of mail (RFC 5322): nothing that reads a lone number as a year. */
const ZONED = /^(?:\d{4}-\d\d-\d\d[T ]|[a-z]{3}, \d).*(?:z|gmt|[+-]\d\d:?\d\d)$/i

/** What names no offset is a time on the wall of the contact's zone, else the workspace's. */
function dateOf(text: string, { facts, timeZone }: StepRun): Date {
  const written = renderText(text, facts).trim()
  const [, day, time = '00:00'] = LOCAL.exec(written) ?? []
  const wall = Date.parse(day === undefined ? '' : `${day}T${time}Z`)
  if (!Number.isNaN(wall)) return new Date(instantOf(wall, timeZone))
  const date = new Date(ZONED.test(written) ? written : '')
  if (Number.isNaN(+date)) throw new RangeError(`${JSON.stringify(written)} is no date.`)
  return date
}
