/**
 * The life of a run. Pure.
 *
 *   active  -> active   [step]   its step is carried out, it stands at the next
 *   active  -> waiting  [step]   for a time, a window or an event
 *   waiting -> active   [due, event, skip]
 *   any     -> held     [person, intervention]   and back to active by release, or when its days are over
 *   any     -> done | exited | failed | cancelled   final: no step, no due time, its key is free
 *
 * Whoever changes a run has its row locked, or holds the lease of its call.
 */
import type { RunRow, RunStatus, Trace } from '../store/runs.ts'

export interface Ending {
  readonly status: Extract<RunStatus, 'done' | 'exited' | 'failed' | 'cancelled'>
  readonly reason: string | null
  readonly detail?: string | null
  readonly attention?: boolean
}

const MAX_TRAIL = 100 // of each run; what goes round for ever keeps the newest

/** What became of it at the step where it stands. */
export function traced(run: RunRow, did: Trace['did'], now: Date): RunRow {
  if (run.step === null) return run
  const trace = { step: run.step, did, at: now.toISOString() }
  return { ...run, trail: [...(run.trail ?? []), trace].slice(-MAX_TRAIL) }
}

const MAX_TEXT = 2_000 // characters of a reason or detail

const storable = (text: string | null | undefined) =>
  text?.toWellFormed().replaceAll('\0', '').slice(0, MAX_TEXT) ?? null

export const isLive = ({ endedAt }: RunRow) => endedAt === null

/** It stands at a step, which is to be carried out now. */
export const atStep = (run: RunRow, step: string, now: Date): RunRow => ({
  ...run,
  status: 'active',
  step,
  enteredStepAt: now,
  dueAt: now,
  attempt: 0,
  lease: null,
})

export const ended = (run: RunRow, ending: Ending, now: Date): RunRow => ({
  ...run,
  status: ending.status,
  step: null,
  // One that was being taken up again keeps the place where it stood before.
  failedStep: ending.status === 'failed' ? (run.failedStep ?? run.step) : null,
  enteredStepAt: null,
  dueAt: null,
  attempt: 0,
  lease: null,
  exitReason: storable(ending.reason),
  detail: storable(ending.detail),
  attention: run.attention || (ending.attention ?? false),
  endedAt: now,
})
