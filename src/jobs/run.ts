/** Takes due jobs and runs them: of each queue one at a time per process, of all queues at once. */
import type PgBoss from 'pg-boss'
import type { Logger } from 'pino'
import { type BossConnection, dueQueues } from './boss.ts'
import type { Handler } from './jobs.ts'
import { pause } from './pause.ts'

const BODY_MS = 30_000 // then the signal of the handler is aborted
const POLL_MS = 1_000

interface Runner extends BossConnection {
  readonly handlers: Readonly<Record<string, Handler>>
  readonly log: Pick<Logger, 'error' | 'warn'>
}

/** Until `stop`; then the running handlers are aborted and waited for. */
export async function runJobs(runner: Runner, stop: AbortSignal): Promise<void> {
  const running = new Map<string, Promise<void>>()
  let reachable = true
  while (!stop.aborted) {
    const due = await dueQueues(runner.sql).catch((err: unknown) => {
      if (reachable) runner.log.warn({ err }, 'the job queue cannot be reached')
      return null
    })
    reachable = due !== null
    for (const name of due ?? []) {
      const handler = runner.handlers[name]
      if (!handler || running.has(name)) continue
      const draining = drain(runner, { name, handler }, stop).finally(() => running.delete(name))
      running.set(name, draining)
    }
    await pause(POLL_MS, stop)
  }
  await Promise.all(running.values())
}

interface Queue {
  readonly name: string
  readonly handler: Handler
}

/** `fetch` answers nothing when the database cannot be reached; it raises nothing. */
async function drain(runner: Runner, queue: Queue, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    const [job] = await runner.boss.fetch(queue.name)
    if (!job) return
    await runJob(runner, { ...queue, job }, stop)
  }
}

/** A job whose end cannot be written down expires and runs again. */
async function runJob(
  { boss, log }: Runner,
  { name, handler, job }: Queue & { job: PgBoss.Job<unknown> },
  stop: AbortSignal,
): Promise<void> {
  try {
    await handler(job.data, AbortSignal.any([stop, AbortSignal.timeout(BODY_MS)]))
    await boss.complete(name, job.id)
  } catch (error) {
    log.error({ err: error, job: name, job_id: job.id }, 'job failed')
    const message = error instanceof Error ? error.message : String(error)
    await boss.fail(name, job.id, { message }).catch((err: unknown) => {
      log.warn({ err, job: name, job_id: job.id }, 'the end of a job was not noted')
    })
  }
}
