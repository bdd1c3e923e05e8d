/** A bare loop of `undici.request`: one request after another on each of so many connections. */
import { Agent, request } from 'undici'
import { z } from 'zod'
import { runTask } from '../harness/task.ts'

const Task = z.object({
  port: z.number(),
  connections: z.number(),
  messages: z.number(),
  warmUp: z.number(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
})

await runTask(Task, async ({ port, connections, messages, warmUp, headers, body }) => {
  const dispatcher = new Agent({ connections, pipelining: 1 })
  const url = `http://127.0.0.1:${port}/hook`
  let begun = 0
  const work = async (until: number) => {
    while (begun < until) {
      begun++
      const answer = await request(url, { method: 'POST', headers, body, dispatcher })
      await answer.body.dump()
    }
  }
  const workAll = (until: number) =>
    Promise.all(Array.from({ length: connections }, () => work(until)))
  await workAll(warmUp)
  const startedAt = performance.now()
  await workAll(warmUp + messages)
  const seconds = (performance.now() - startedAt) / 1_000
  await dispatcher.close()
  return { perSecond: messages / seconds }
})
