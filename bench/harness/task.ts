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
  const answer = await work(task.parse(message))
  process.send?.(answer)
}

/** The parent's death ends us too. */
export function endWithParent(): void {
  process.on('disconnect', () => process.exit(0))
}
