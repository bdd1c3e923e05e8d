/** Upkeep of access: past sessions, links and lockouts are forgotten. */
import type { Db } from '../db/db.ts'
import type { Handler, Schedule } from '../jobs/jobs.ts'
import { forgetPast } from './forgetPast.ts'

const UPKEEP_JOB = 'workspaces.upkeep'

export const workspaceSchedules: readonly Schedule[] = [{ name: UPKEEP_JOB, everySeconds: 3_600 }]

export function workspaceJobs(db: Db): Record<string, Handler> {
  return {
    [UPKEEP_JOB]: async () => {
      await forgetPast(db)
    },
  }
}
