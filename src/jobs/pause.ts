/** A sleep that ends early, and quietly, when told to stop. */
import { setTimeout as sleep } from 'node:timers/promises'

export async function pause(ms: number, stop: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal: stop }).catch(() => {})
}
