/** All kinds of steps: one file and one line each. */
import type { StepType } from '../steps.schema.ts'
import { decideAct } from './act.ts'
import { decideBranch } from './branch.ts'
import { decideExit } from './exit.ts'
import { decideRequest } from './request.ts'
import { decideSend } from './send.ts'
import { decideSplit } from './split.ts'
import type { AnyStep, Decide, Outcome, StepRun } from './step.ts'
import { decideUpdate } from './update.ts'
import { decideWait } from './wait.ts'
import { decideWaitFor } from './waitFor.ts'
import { decideWindow } from './window.ts'

const deciders: { readonly [T in StepType]: Decide<T> } = {
  send: decideSend,
  wait: decideWait,
  window: decideWindow,
  wait_for: decideWaitFor,
  branch: decideBranch,
  split: decideSplit,
  update: decideUpdate,
  act: decideAct,
  request: decideRequest,
  exit: decideExit,
}

export function decideStep(run: StepRun, step: AnyStep): Outcome {
  const decide = deciders[step.type] as (run: StepRun, step: AnyStep) => Outcome // by its own type
  return decide(run, step)
}
