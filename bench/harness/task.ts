/** The child's end of child.ts. */
import { once } from 'node:events'
import type { z } from 'zod'

/** Reads the task, does it, tells the answer, and lets the process end. */
export async function runTask<T>(
  task: z.ZodType<T>,
  work: (task: T) => Promise<object>,
): Promise<void> {
  endWithParent()
  const [message] = await once(process, 'message')
  try {
    process.send?.(await work(task.parse(message)))
  } catch (error) {
    // Short: a statement's error carries its parameters.
    console.error(String(error instanceof Error ? error.stack : error).slice(0, 2_000))
    process.exit(1)
  }
}

const TELL_MS = 2

/** Tells the parent how many a sink has, when that changes, and shows its first one when asked. */
export function tellArrivals(of: { count: number; at: number; sample: unknown }): void {
  let told = 0
  setInterval(() => {
    if (of.count === told) return
    told = of.count
    process.send?.({ accepted: told, at: of.at })
  }, TELL_MS)
  process.on('message', () => process.send?.({ sample: of.sample }))
  endWithParent()
}

/** The parent's death ends us too. */
export function endWithParent(): void {
  process.on('disconnect', () => process.exit(0))
}
