/** Upkeep of events: months made ahead, old ones dropped, keys forgotten with them. */
import { connect, type DatabaseAddress, type Db } from '../db/db.ts'
import type { Handler, Schedule } from '../jobs/jobs.ts'
import { dropOldPartitions, ensurePartitions } from './partitions.ts'
import { deleteKeys } from './record.store.ts'

const UPKEEP_JOB = 'events.upkeep'

export const eventSchedules: readonly Schedule[] = [{ name: UPKEEP_JOB, everySeconds: 6 * 3_600 }]

export function eventJobs(options: {
  readonly db: Db
  /** Without `set role`: partitions belong to the owner. */
  readonly ownerAddress: DatabaseAddress
  readonly retentionMonths: number
}): Record<string, Handler> {
  const { db, ownerAddress, retentionMonths } = options
  return {
    [UPKEEP_JOB]: async () => {
      const owner = connect(ownerAddress, { max: 1 })
      try {
        await ensurePartitions(owner, db.clock.now())
        await dropOldPartitions(owner, retentionMonths, db.clock.now())
      } finally {
        await owner.end({ timeout: 5 })
      }
      const before = new Date(db.clock.now())
      before.setUTCMonth(before.getUTCMonth() - retentionMonths)
      await deleteKeys(db.engine, before)
    },
  }
}
