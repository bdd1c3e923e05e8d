/**
 * What runs again and again. Every process proposes each schedule's job for the present
 * interval, and a unique index lets one through, so no process has to be the one that does.
 */
import type PgBoss from 'pg-boss'
import type { Logger } from 'pino'
import type { Schedule } from './jobs.ts'
import { pause } from './pause.ts'

const LOOK_MS = 5_000

export async function sendSchedules(
  options: {
    readonly boss: PgBoss
    readonly schedules: readonly Schedule[]
    readonly log: Pick<Logger, 'warn'>
  },
  stop: AbortSignal,
): Promise<void> {
  const { boss, schedules, log } = options
  const sent = new Map<string, number>()
  while (!stop.aborted) {
    for (const { name, everySeconds } of schedules) {
      const interval = Math.floor(Date.now() / 1000 / everySeconds)
      if (sent.get(name) === interval) continue
      try {
        await boss.send(name, {}, { singletonKey: 'schedule', singletonSeconds: everySeconds })
        sent.set(name, interval)
      } catch (err) {
        log.warn({ err, job: name }, 'a scheduled job was not put into the queue')
      }
    }
    await pause(LOOK_MS, stop)
  }
}
