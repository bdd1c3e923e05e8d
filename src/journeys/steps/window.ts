/** Waits until it is inside the window; looks again when it wakes up, should the window have changed. */
import { nextOpening } from '../../lib/window.ts'
import { nextOf } from '../defaults.ts'
import { renderWindow } from '../facts.ts'
import { readWindow } from '../windows.schema.ts'
import type { Decide } from './step.ts'

export const decideWindow: Decide<'window'> = ({ journey, facts, now, timeZone }, step) => {
  const until = nextOpening(readWindow(renderWindow(step.window, facts)), now, timeZone)
  if (until > now) return { kind: 'wait', until }
  return { kind: 'go', to: nextOf(journey, step) }
}
