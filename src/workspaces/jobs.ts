/** Upkeep of access: past sessions, links and lockouts are forgotten, heads of audit chains are noted. */
import type { Logger } from 'pino'
import type { Db } from '../db/db.ts'
import type { Handler, Schedule } from '../jobs/jobs.ts'
import { anchorAudits } from './audit/anchor.ts'
import { forgetPast } from './forgetPast.ts'

const UPKEEP_JOB = 'workspaces.upkeep'
const ANCHOR_JOB = 'workspaces.anchor_audits'

export const workspaceSchedules: readonly Schedule[] = [
  { name: UPKEEP_JOB, everySeconds: 3_600 },
  { name: ANCHOR_JOB, everySeconds: 3_600 },
]

export function workspaceJobs(db: Db, log: Logger): Record<string, Handler> {
  return {
    [UPKEEP_JOB]: async () => {
      await forgetPast(db)
    },
    [ANCHOR_JOB]: () => anchorAudits(db, log),
  }
}
