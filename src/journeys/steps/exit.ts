/** Ends the run, with a reason. */
import { renderText } from '../facts.ts'
import type { Decide } from './step.ts'

export const decideExit: Decide<'exit'> = ({ facts }, step) => ({
  kind: 'exit',
  reason: renderText(step.reason, facts),
  attention: step.attention ?? false,
})
