/** Upkeep of tracking: single opens, clicks and vendors' callbacks are kept for their time only. */
import type { Db } from '../db/db.ts'
import type { Handler, Schedule } from '../jobs/jobs.ts'
import { deleteOldCallbacks, deleteOldEngagements } from './store/retention.ts'

const UPKEEP_JOB = 'tracking.upkeep'
const DAY_MS = 86_400_000
const BATCH = 5_000 // rows of one statement
const BODY_MS = 20_000 // of work in one run; the next hour goes on

export const trackingSchedules: readonly Schedule[] = [{ name: UPKEEP_JOB, everySeconds: 3_600 }]

export function trackingJobs(options: {
  db: Db
  /** Of engagements: as long as their events. */
  eventMonths: number
  callbackDays: number
}): Record<string, Handler> {
  const { db } = options
  return {
    [UPKEEP_JOB]: async (_data, signal) => {
      const until = performance.now() + BODY_MS
      const all = async (deleteSome: (before: Date) => Promise<number>, before: Date) => {
        while (!signal.aborted && performance.now() < until) {
          if ((await deleteSome(before)) < BATCH) return
        }
      }
      const now = db.clock.now()
      const months = new Date(now)
      months.setUTCMonth(months.getUTCMonth() - options.eventMonths)
      const days = new Date(+now - options.callbackDays * DAY_MS)
      await all((before) => deleteOldCallbacks(db.engine, before, BATCH), days)
      await all((before) => deleteOldEngagements(db.engine, before, BATCH), months)
    },
  }
}
