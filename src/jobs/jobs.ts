/**
 * Work that nobody waits for: imports, exports, retention, whatever has a schedule.
 * (Messages are not jobs; their table is their queue.)
 *
 * A job's body is at most 30 s of work. Long work does a piece, notes how far it came and
 * enqueues the next piece in the same transaction, so that the job of a dead process runs
 * again within a minute without doubling an hour. Handlers must bear being run twice.
 *
 * pg-boss keeps the queue; the loop that takes jobs from it is ours, because pg-boss's
 * own leaves a rejection unhandled when the database goes away while a job is finished.
 */
import type PgBoss from 'pg-boss'
import type { Logger } from 'pino'
import type { DatabaseAddress } from '../db/db.ts'
import { alone, connectBoss, grantEnqueue } from './boss.ts'
import { runJobs } from './run.ts'
import { sendSchedules } from './schedules.ts'

const EXPIRE_SECONDS = 45 // then a job is given to another process; run.ts aborts its body well before
const UPKEEP_SECONDS = 5 // how often expired jobs are looked for
const RETRIES = 8
const RETRY_SECONDS = 2 // doubles each time, up to 4 to 8 minutes
const KEEP_SECONDS = 25 * 3_600 // of finished jobs; no schedule may be rarer than this

/** Parses its data itself: what is in the queue may have been written by an older version. */
export type Handler = (data: unknown, signal: AbortSignal) => Promise<void>

export interface Schedule {
  readonly name: string
  /** At most a day. Runs once per interval, counted from midnight UTC, whatever the number of processes. */
  readonly everySeconds: number
}

export interface JobsOptions {
  /** The owner's connection, without `set role`. */
  readonly ownerAddress: DatabaseAddress
  readonly handlers: Readonly<Record<string, Handler>>
  readonly schedules?: readonly Schedule[]
  readonly log: Pick<Logger, 'error' | 'warn'>
  /** False: makes the queues, so that others may enqueue, and runs nothing. */
  readonly work?: boolean
}

export interface Jobs {
  /** Aborts running handlers and waits for them; what was not finished runs again elsewhere. */
  stop(): Promise<void>
}

export async function startJobs(options: JobsOptions): Promise<Jobs> {
  const { handlers, log } = options
  const work = options.work ?? true
  const connection = connectBoss(options.ownerAddress, {
    supervise: work,
    maintenanceIntervalSeconds: UPKEEP_SECONDS,
    archiveCompletedAfterSeconds: KEEP_SECONDS,
    deleteAfterDays: 7,
  })
  const { boss, sql } = connection
  boss.on('error', (err) => log.warn({ err }, 'job upkeep failed'))
  try {
    await alone(sql, async () => {
      await boss.start()
      for (const name of Object.keys(handlers)) await prepareQueue(boss, name)
      await grantEnqueue(sql)
    })
  } catch (error) {
    await sql.end({ timeout: 1 })
    throw error
  }
  const stopping = new AbortController()
  const loops = work
    ? [
        runJobs({ ...connection, handlers, log }, stopping.signal),
        sendSchedules({ boss, schedules: options.schedules ?? [], log }, stopping.signal),
      ]
    : []
  return {
    stop: async () => {
      stopping.abort()
      await Promise.all(loops)
      await boss.stop({ graceful: false })
      await sql.end({ timeout: 5 })
    },
  }
}

async function prepareQueue(boss: PgBoss, name: string): Promise<void> {
  const settings = {
    name,
    retryLimit: RETRIES,
    retryDelay: RETRY_SECONDS,
    retryBackoff: true,
    expireInSeconds: EXPIRE_SECONDS,
  }
  await boss.createQueue(name, settings)
  await boss.updateQueue(name, settings)
}
