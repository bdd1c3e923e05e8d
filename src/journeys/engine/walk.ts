/**
 * Takes a run from step to step until it waits, has to call somebody, or ends. The steps decide;
 * what they want done inside the database is done in the caller's transaction.
 */

import { ZodError } from 'zod'
import type { ContactPatch } from '../../contacts/schema.ts'
import { AppError } from '../../errors.ts'
import { TemplateError } from '../../templates/templateError.ts'
import { onMessageFailure } from '../defaults.ts'
import type { Facts } from '../facts.ts'
import type { JourneyDocument } from '../schema.ts'
import { decideStep } from '../steps/registry.ts'
import type { AnyStep, Outcome, StepCall, StepMessage } from '../steps/step.ts'
import type { RunRow } from '../store/runs.ts'
import type { Ledger } from './ledger.ts'
import { atStep, ended, traced } from './state.ts'

const MAX_AT_ONCE = 500 // steps without a wait between them; more can only be a loop

export interface WalkContext {
  readonly document: JourneyDocument
  readonly now: Date
  readonly timeZone: string
  readonly ledger: Ledger
  facts(run: RunRow): Facts
  tags(run: RunRow): readonly string[]
  /** The message's id, or why it could not be sent, or when to try again. */
  send(run: RunRow, step: AnyStep, message: StepMessage): Promise<Sent>
  /** Of a run that is taken up again: the step that is to be sent anew after the one where it stands. */
  nextUnsent(run: RunRow): Promise<string | null>
  update(run: RunRow, patch: ContactPatch): Promise<void>
}

export type Sent =
  | { readonly messageId: string | null }
  | { readonly refused: string }
  /** What it is to change is not there yet. */
  | { readonly again: Date }

export interface Walked {
  readonly run: RunRow
  /** To be made when this is committed. */
  readonly call?: {
    readonly call: StepCall
    readonly onError: 'fail' | 'continue'
    readonly to: string | null
  }
}

export async function walk(start: RunRow, context: WalkContext): Promise<Walked> {
  let run = start
  for (let steps = 0; run.step !== null; steps++) {
    const step = context.document.steps.find((each) => each.id === run.step)
    if (!step || steps > MAX_AT_ONCE) {
      const reason = step ? 'endless_loop' : 'step_missing'
      return { run: leave(run, null, { status: 'failed', reason, attention: true }, context) }
    }
    let outcome: Outcome
    try {
      outcome = decideStep(seenBy(run, context), step)
      if (outcome.kind === 'wait' || outcome.kind === 'call') return stay(run, outcome)
      const done = await carryOut(run, step, outcome, context)
      if (done.status === 'waiting') return { run: done }
      run = done
    } catch (error) {
      if (!isFault(error)) throw error
      const detail = `${step.id}: ${wordsOf(error)}`
      const ending = { status: 'failed', reason: 'step_failed', detail, attention: true } as const
      return { run: leave(run, null, ending, context) }
    }
  }
  return { run }
}

const seenBy = (run: RunRow, context: WalkContext) => ({
  journey: context.document,
  facts: context.facts(run),
  key: run.key,
  now: context.now,
  enteredAt: run.enteredStepAt ?? context.now,
  waited: run.status === 'waiting',
  timeZone: context.timeZone,
  tags: context.tags(run),
})

function stay(run: RunRow, outcome: Extract<Outcome, { kind: 'wait' | 'call' }>): Walked {
  if (outcome.kind === 'call') return { run: { ...run, status: 'active' }, call: outcome }
  return { run: { ...run, status: 'waiting', dueAt: outcome.until } }
}

type Doable = Exclude<Outcome, { kind: 'wait' | 'call' }>

async function carryOut(
  run: RunRow,
  step: AnyStep,
  outcome: Doable,
  context: WalkContext,
): Promise<RunRow> {
  switch (outcome.kind) {
    case 'go':
      return leave(run, outcome.to, null, context)
    case 'exit': {
      const { reason, attention } = outcome
      const status = attention ? 'failed' : 'exited'
      return leave(run, null, { status, reason, attention }, context)
    }
    case 'update':
      await context.update(run, outcome.patch)
      return leave(run, outcome.to, null, context)
    case 'send': {
      const sent = await context.send(run, step, outcome.message)
      if ('again' in sent) return { ...run, status: 'waiting', dueAt: sent.again }
      if ('refused' in sent && onMessageFailure(context.document) === 'fail') {
        const ending = { status: 'failed', reason: sent.refused, attention: true } as const
        return leave(run, null, { ...ending, detail: `${step.id} was not sent.` }, context)
      }
      const result = 'refused' in sent ? { skipped: sent.refused } : { message_id: sent.messageId }
      const after = withResult(run, step.id, result)
      const { failedStep: stood = null } = run // it is sent again for a run that had gone further
      if (stood === null) return leave(after, outcome.to, null, context)
      const next = (await context.nextUnsent(run)) ?? stood
      return leave({ ...after, failedStep: next === stood ? null : stood }, next, null, context)
    }
  }
}

export const withResult = (run: RunRow, name: string, result: unknown): RunRow => ({
  ...run,
  results: { ...run.results, [name]: result },
})

/** On to the next step, or out of the journey. */
export function leave(
  run: RunRow,
  to: string | null,
  ending: Parameters<typeof ended>[1] | null,
  { ledger, now }: Pick<WalkContext, 'ledger' | 'now'>,
  how: 'went_on' | 'skipped' = 'went_on',
): RunRow {
  if (run.step !== null) {
    ledger.gone(run, run.step)
    ledger.tell(run, 'journey.step', { step: run.step, to })
  }
  const did = ending ? (ending.status === 'failed' ? 'failed' : 'ended') : how
  const left = traced(run, did, now)
  if (to !== null && !ending) {
    ledger.entered(run, to)
    return atStep(left, to, now)
  }
  const after = ended(left, ending ?? { status: 'done', reason: null }, now)
  ledger.tell(after, 'journey.left', { status: after.status, reason: after.exitReason })
  if (ending?.attention) ledger.needsPerson(after)
  return after
}

/** What is wrong with the run's own texts and settings, and will be however often it is tried. */
export const isFault = (error: unknown) =>
  error instanceof TemplateError ||
  error instanceof RangeError ||
  error instanceof ZodError ||
  (error instanceof AppError && error.status < 500 && error.code !== 'rate_limited')

export function wordsOf(error: unknown): string {
  if (error instanceof ZodError) return error.issues.map((issue) => issue.message).join(' ')
  return error instanceof Error ? error.message : String(error)
}
