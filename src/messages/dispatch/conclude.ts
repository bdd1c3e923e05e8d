/**
 * What a provider's answer means for a message: a pure decision, one row per case.
 * The worker carries it out.
 */
import { Misconfigured, Rejected, Retryable, Unanswered } from '../../errors.ts'
import { truncate } from '../../lib/reply.ts'
import { MAX_ATTEMPTS, retryDelay } from '../retry.ts'

export interface Situation {
  /** 1 for the first. */
  readonly attempt: number
  /** The provider answers a repeated id with its first answer, so asking again is harmless. */
  readonly idempotent: boolean
  /** The sender or the topic says that a duplicate is cheaper than silence. */
  readonly resendUnknown: boolean
}

export type Conclusion =
  | { do: 'retry'; afterMs: number; reason: string; detail: string }
  | { do: 'fail'; reason: string; detail: string; suppress: boolean; unsubscribe: boolean }
  | { do: 'unknown'; detail: string }
  /** The sender is to blame, not the message: it is paused, and the message waits or goes by another. */
  | { do: 'pause'; detail: string }

const MAX_DETAIL = 1_000 // characters of a vendor's words

export function conclude(error: unknown, situation: Situation): Conclusion {
  const detail = truncate(error instanceof Error ? error.message : String(error), MAX_DETAIL)
  if (error instanceof Misconfigured) return { do: 'pause', detail }
  if (error instanceof Rejected) {
    return {
      do: 'fail',
      reason: error.reason,
      detail,
      suppress: error.reason === 'invalid_address',
      unsubscribe: error.reason === 'unsubscribed',
    }
  }
  if (error instanceof Retryable)
    return again(situation, error.code ?? 'unavailable', detail, error.after)
  if (error instanceof Unanswered && (situation.idempotent || situation.resendUnknown)) {
    const next = again(situation, 'unanswered', detail)
    if (next.do === 'retry') return next // and after the last attempt it is as unknown as before
  }
  return { do: 'unknown', detail } // also for a fault of our own: it may have been sent
}

function again(
  situation: Situation,
  reason: string,
  detail: string,
  askedSeconds?: number,
): Conclusion {
  const afterMs = retryDelay(situation.attempt, askedSeconds)
  if (afterMs !== null) return { do: 'retry', afterMs, reason, detail }
  return {
    do: 'fail',
    reason: 'attempts_exhausted',
    detail: `Gave up after ${MAX_ATTEMPTS} attempts. Last: ${detail}`,
    suppress: false,
    unsubscribe: false,
  }
}
