/** Waits for an event; the engine takes the run on when it comes. Here: for how long. */
import { nextOf } from '../defaults.ts'
import { endOf } from './durations.ts'
import type { Decide } from './step.ts'

export const decideWaitFor: Decide<'wait_for'> = (run, step) => {
  const { on_timeout = nextOf(run.journey, step) } = step
  const until = endOf(step.for, run)
  if (run.waited || until <= run.now) return { kind: 'go', to: on_timeout }
  return { kind: 'wait', until }
}
