/** From the due time to the last arrival at an HTTP provider's sink: 50,000 signed webhooks. */
import { z } from 'zod'
import { createTemplate, recipient } from './harness/accept.ts'
import { type Bench, ratioAtLeast } from './harness/bench.ts'
import { workBeside } from './harness/child.ts'
import { sendAtOnce } from './harness/due.ts'
import { startReceiver } from './harness/receiver.ts'
import { addSender, signingSecret } from './harness/sender.ts'
import { startServer } from './harness/server.ts'

const name = 'dispatch-http'
const WARM_UP = 3_000 // messages
const CONNECTIONS = 50
/** What the client makes for each request itself. */
const ofTheClient = new Set(['host', 'connection', 'content-length'])

const Rate = z.object({ perSecond: z.number() })
const Sample = z.object({ sample: z.object({ headers: z.array(z.string()), body: z.string() }) })

export const dispatchHttp: Bench = {
  name,
  async run(context) {
    const count = context.quick ? 5_000 : 50_000
    const sink = await startReceiver('processes/httpSink.ts', context)
    const server = await startServer(context)
    await addSender(server, {
      slug: 'default',
      channel: 'webhook',
      provider: 'webhook',
      settings: { url: `http://127.0.0.1:${sink.port}/hook`, signing_secret: signingSecret() },
    })
    const template_id = await createTemplate(server, {
      name: 'shipped',
      channel: 'webhook',
      subject: 'Order {{ order }} shipped',
      text: 'Order {{ order }} over {{ amount }} EUR is on its way to {{ first_name }}.',
    })
    const item = (n: number) => ({
      ...{ channel: 'webhook', template_id, recipient_id: recipient(n) },
      template_variables: { order: `A-${n}`, amount: '20.50', first_name: `Person ${n}` },
    })
    const at = { server, sink }
    const value = await sendAtOnce(context, at, { warmUp: WARM_UP, count }, item)
    const { sample } = await sink.child.ask({}, Sample)
    await server.stop()

    const task = {
      ...{ port: sink.port, connections: CONNECTIONS, messages: count, warmUp: WARM_UP },
      ...{ headers: sentHeaders(sample.headers), body: sample.body },
    }
    const bare = await workBeside('processes/undiciLoop.ts', task, Rate, context)
    const measured = {
      bench: name,
      what: `${count.toLocaleString('en')} webhooks from the due time to the last arrival`,
      value,
      unit: '/s',
      reference: `undici.request loop, ${CONNECTIONS} connections`,
      referenceValue: bare.perSecond,
    }
    return [ratioAtLeast(measured, 0.6)]
  },
}

/** Names and values alternate (IncomingMessage.rawHeaders). */
function sentHeaders(raw: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const header = (raw[at] ?? '').toLowerCase()
    if (!ofTheClient.has(header)) headers[header] = raw[at + 1] ?? ''
  }
  return headers
}
