/** The jobs of every room, and when they are due. */
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { contactJobs, contactSchedules } from '../contacts/jobs.ts'
import type { DatabaseAddress, Db } from '../db/db.ts'
import { eventJobs, eventSchedules } from '../events/jobs.ts'
import { requestJobs, requestSchedules } from '../http/requests/jobs.ts'
import { startJobs } from '../jobs/jobs.ts'
import { messageJobs, messageSchedules } from '../messages/jobs.ts'
import { trackingJobs, trackingSchedules } from '../tracking/jobs.ts'
import { workspaceJobs, workspaceSchedules } from '../workspaces/jobs.ts'

interface Ground {
  readonly config: Config
  readonly db: Db
  readonly address: DatabaseAddress
  readonly log: Logger
  /** Else it only hands jobs in. */
  readonly works: boolean
}

export function startAllJobs({ config, db, address, log, works }: Ground) {
  const contentDays = config.CONTENT_RETENTION_DAYS
  return startJobs({
    ownerAddress: address,
    handlers: {
      ...contactJobs(db),
      ...eventJobs({ db, ownerAddress: address, retentionMonths: config.EVENT_RETENTION_MONTHS }),
      ...workspaceJobs(db, log),
      ...requestJobs({ db, ownerAddress: address, days: config.REQUEST_LOG_DAYS, contentDays }),
      ...messageJobs({ db, contentDays }),
      ...trackingJobs({
        db,
        eventMonths: config.EVENT_RETENTION_MONTHS,
        callbackDays: config.CALLBACK_RETENTION_DAYS,
      }),
    },
    schedules: [
      ...contactSchedules,
      ...eventSchedules,
      ...workspaceSchedules,
      ...requestSchedules,
      ...messageSchedules,
      ...trackingSchedules,
    ],
    log,
    work: works,
  })
}
