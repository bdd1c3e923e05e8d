/** Messages that all fall due at one moment, and how fast they then leave. */
import { acceptAll } from './accept.ts'
import type { Context } from './bench.ts'
import { startMeter } from './cpu.ts'
import type { Receiver } from './receiver.ts'
import type { TestedServer } from './server.ts'

const SPARE_MS = 3_000 // between the expected end of accepting and the due time

/**
 * Sends `warmUp` messages at once, then accepts `count` for a moment in the future and answers
 * how many a second reached the sink from that moment to the last one.
 */
export async function sendAtOnce(
  context: Context,
  at: { server: TestedServer; sink: Receiver },
  { warmUp, count }: { warmUp: number; count: number },
  item: (n: number) => object,
): Promise<number> {
  const { server, sink } = at
  const warmUpAt = performance.now()
  await acceptAll(server, warmUp, item)
  const perMessageMs = (performance.now() - warmUpAt) / warmUp
  await sink.reached(warmUp)

  const dueAt = new Date(Date.now() + SPARE_MS + count * perMessageMs)
  const scheduled_at = dueAt.toISOString()
  await acceptAll(server, count, (n) => ({ ...item(warmUp + n), scheduled_at }))
  const early = dueAt.getTime() - Date.now()
  context.say(`${count} messages accepted, ${Math.round(early)} ms before they fall due`)
  if (early < 0) throw new Error('accepting took longer than expected: nothing could be measured')
  const meter = await startMeter(context, server)
  const lastAt = await sink.reached(warmUp + count)
  await meter(count, 'message sent')
  return count / ((lastAt - dueAt.getTime()) / 1_000)
}
