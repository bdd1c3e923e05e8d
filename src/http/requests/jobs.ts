/** Upkeep of the log of requests: days made ahead, old ones dropped, people erased. */
import { connect, type DatabaseAddress, type Db } from '../../db/db.ts'
import type { Handler, Schedule } from '../../jobs/jobs.ts'
import { FORGET_JOB, forgetJob } from './forget.ts'
import { dropOldDays, ensureDays } from './partitions.ts'

const UPKEEP_JOB = 'requests.upkeep'

export const requestSchedules: readonly Schedule[] = [{ name: UPKEEP_JOB, everySeconds: 6 * 3_600 }]

export function requestJobs(options: {
  readonly db: Db
  /** Without `set role`: partitions belong to the owner. */
  readonly ownerAddress: DatabaseAddress
  readonly days: number
  /** Bodies hold what messages say, and are kept no longer than that is. */
  readonly contentDays: number
}): Record<string, Handler> {
  // Days are dropped whole: the oldest of their requests is a day older than that.
  const days = Math.min(options.days, options.contentDays - 1)
  return {
    [FORGET_JOB]: forgetJob(options.db),
    [UPKEEP_JOB]: async () => {
      const owner = connect(options.ownerAddress, { max: 1 })
      const now = options.db.clock.now()
      try {
        await ensureDays(owner, now)
        await dropOldDays(owner, days, now)
      } finally {
        await owner.end({ timeout: 5 })
      }
    },
  }
}
