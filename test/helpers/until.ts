/** Waits for what happens elsewhere: asks again until it is so, and never decides by time alone. */
import { setTimeout as sleep } from 'node:timers/promises'

const PAUSE_MS = 25

/**
 * Answers the first result of `ask` that is neither undefined nor false. `patienceMs` only
 * ends a test that would hang; `what` says what it hung on.
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  patienceMs = 120_000,
): Promise<T> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`)
    await sleep(PAUSE_MS)
  }
}
