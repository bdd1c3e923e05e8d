/** Work that is looked for again and again, one look at a time, sooner when somebody knows of some. */
import type { Logger } from 'pino'

export interface Loop {
  start(): void
  /** There is work: look within `withinMs`, or as soon as the look under way is over. */
  poke(withinMs?: number): void
  /** Resolves when the look under way is over. */
  stop(): Promise<void>
}

export interface LoopOptions {
  /** One look. Answers after how many milliseconds to look again. */
  look(): Promise<number>
  /** After a look that failed. */
  retryMs: number
  /** What fails, for the log. */
  name: string
  log: Logger
}

export function createLoop(options: LoopOptions): Loop {
  let running = false
  let dueAt = Number.POSITIVE_INFINITY
  let timer: NodeJS.Timeout | undefined
  let look: Promise<void> | undefined

  const schedule = (afterMs: number) => {
    const at = performance.now() + afterMs
    if (!running || at >= dueAt) return
    dueAt = at
    clearTimeout(timer)
    if (look) return // it schedules when it is over
    timer = setTimeout(() => {
      look = once()
    }, afterMs)
    timer.unref()
  }

  const once = async () => {
    dueAt = Number.POSITIVE_INFINITY
    const wait = await options.look().catch((error: unknown) => {
      options.log.warn({ err: error }, `${options.name} failed, trying again`)
      return options.retryMs
    })
    look = undefined
    const next = Math.min(wait, Math.max(0, dueAt - performance.now()))
    dueAt = Number.POSITIVE_INFINITY
    schedule(next)
  }

  return {
    start() {
      running = true
      schedule(0)
    },
    poke: (withinMs = 0) => schedule(withinMs),
    async stop() {
      running = false
      clearTimeout(timer)
      await look
    },
  }
}
