/** POST /notifications with one message each: how many a second are durable, and how soon. */
import { acceptAll, createTemplate, mailbox, recipient } from './harness/accept.ts'
import { atMost, type Bench, ratioAtLeast } from './harness/bench.ts'
import { serveBeside } from './harness/child.ts'
import { startMeter } from './harness/cpu.ts'
import { variables } from './harness/letter.ts'
import { jsonPost, load } from './harness/load.ts'
import { inTurns } from './harness/rounds.ts'
import { startServer } from './harness/server.ts'

const name = 'accept'
const PEOPLE = 10_000
const CONNECTIONS = 256 // as many callers at once as commits are shared for
const WARM_UP_SECONDS = 3
const ROUNDS = 3
const LATER_MS = 86_400_000 // they fall due tomorrow, so that nothing is sent meanwhile

export const accept: Bench = {
  name,
  async run(context) {
    const seconds = context.quick ? 2 : 5
    const server = await startServer(context)
    const template_id = await createTemplate(server, {
      name: 'hello',
      channel: 'email',
      subject: 'Hello {{ first_name }}',
      text: 'Your order {{ order }} over {{ amount }} EUR is on its way.',
    })
    const scheduled_at = new Date(Date.now() + LATER_MS).toISOString()
    const item = (n: number) => ({
      ...{ channel: 'email', template_id, recipient_id: recipient(n), scheduled_at },
      template_variables: variables(n),
    })
    await acceptAll(server, PEOPLE, (n) => ({ ...item(n), to: mailbox(n) }))

    const requests = Array.from({ length: PEOPLE }, (_, n) =>
      jsonPost('/notifications', server.key, item(n)),
    )
    const task = { requests, connections: CONNECTIONS, seconds, warmUp: WARM_UP_SECONDS }
    const reference = await serveBeside('processes/fastifyServer.ts', context)
    const hit = async (port: number, who: string) => {
      const found = await load(context, { ...task, port })
      context.say(`${who}: ${Math.round(found.perSecond)}/s, p99 ${found.p99.toFixed(1)} ms`)
      return found
    }
    const { ours, theirs } = await inTurns(
      ROUNDS,
      async () => {
        const meter = await startMeter(context, server)
        const found = await hit(server.port, 'ours')
        await meter(found.answered, 'message')
        return found
      },
      () => hit(reference.port, 'Fastify'),
    )
    const rate = ours.perSecond / 2
    const calm = await load(context, { ...task, port: server.port, rate, seconds: 2 * seconds })
    context.say(`at half of it p50 ${calm.p50.toFixed(1)}, p99 ${calm.p99.toFixed(1)} ms`)
    return [
      ratioAtLeast(
        {
          bench: name,
          what: `POST /notifications, one message each, ${CONNECTIONS} connections`,
          value: ours.perSecond,
          unit: '/s',
          reference: 'Fastify and zod, storing nothing',
          referenceValue: theirs.perSecond,
        },
        0.5,
      ),
      atMost({ bench: name, what: 'p99 at half that load', value: calm.p99, unit: 'ms' }, 50),
    ]
  },
}
