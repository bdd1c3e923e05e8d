/** Tokens that we did not sign, counted by the network they come from. */
import { AppError } from '../errors.ts'
import { createRefusals } from '../workspaces/refusals.ts'

export interface Guesses {
  /**
   * Counts one more and answers, once there were too many, after how many seconds to come back.
   * Only bad tokens are ever answered so: a proxy that fetches mail for many people, some of it
   * broken, always gets what a good one leads to.
   */
  count(ip: string | undefined, now: Date): number | undefined
}

export function createGuesses(): Guesses {
  const refusals = createRefusals()
  return {
    count(ip, now) {
      try {
        refusals.count(ip, now)
        return undefined
      } catch (error) {
        if (error instanceof AppError && error.code === 'rate_limited') return error.retryAfter
        throw error
      }
    },
  }
}
