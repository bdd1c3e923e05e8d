/** Upkeep of messages: content and answers to repeated requests are kept for their time only. */
import type { Db } from '../db/db.ts'
import { deleteAnswers } from '../http/store.ts'
import type { Handler, Schedule } from '../jobs/jobs.ts'
import { deleteOldContents } from './store/forget.ts'

const UPKEEP_JOB = 'messages.upkeep'
const DAY_MS = 86_400_000
const BATCH = 5_000
const BODY_MS = 20_000 // of work in one run; the next hour goes on

export const messageSchedules: readonly Schedule[] = [{ name: UPKEEP_JOB, everySeconds: 3_600 }]

export function messageJobs({
  db,
  contentDays,
}: {
  db: Db
  contentDays: number
}): Record<string, Handler> {
  return {
    [UPKEEP_JOB]: async (_data, signal) => {
      const now = db.clock.now().getTime()
      await deleteAnswers(db.engine, new Date(now - DAY_MS))
      const until = performance.now() + BODY_MS
      const before = new Date(now - contentDays * DAY_MS)
      while (!signal.aborted && performance.now() < until) {
        if ((await deleteOldContents(db.engine, before, BATCH)) < BATCH) return
      }
    },
  }
}
