/** Gives the server messages to send, in batches, and people to send them to. */
import { z } from 'zod'
import type { TestedServer } from './server.ts'

const BATCH = 1_000 // the most that one request may hold
const AT_ONCE = 4

const Id = z.object({ id: z.string() })

/** `count` messages by POST /notifications, `item(n)` each. */
export async function acceptAll(
  server: TestedServer,
  count: number,
  item: (n: number) => object,
): Promise<void> {
  const starts = Array.from({ length: Math.ceil(count / BATCH) }, (_, at) => at * BATCH)
  const work = async () => {
    for (let from = starts.shift(); from !== undefined; from = starts.shift()) {
      const size = Math.min(BATCH, count - from)
      const first = from
      await server.call(
        'POST',
        '/notifications',
        Array.from({ length: size }, (_, at) => item(first + at)),
      )
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
}

export async function createTemplate(server: TestedServer, template: object): Promise<string> {
  return Id.parse(await server.call('POST', '/templates', template)).id
}

export const recipient = (n: number) => `person-${n}`
export const mailbox = (n: number) => `person-${n}@mail.example`
