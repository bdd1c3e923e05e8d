/** Waits for a time, or until a date. */
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

function dateOf(text: string, { facts }: StepRun): Date {
  const written = renderText(text, facts).trim()
  const date = new Date(written)
  if (written === '' || Number.isNaN(+date))
    throw new RangeError(`${JSON.stringify(written)} is no date.`)
  return date
}
