/** Goes where the first case that holds says. */
import { holds } from '../conditions.ts'
import { nextOf } from '../defaults.ts'
import type { Decide } from './step.ts'

export const decideBranch: Decide<'branch'> = ({ journey, facts }, step) => {
  const found = step.cases.find((each) => holds(each.when, facts))
  if (found) return { kind: 'go', to: found.goto }
  return { kind: 'go', to: step.else === undefined ? nextOf(journey, step) : step.else }
}
