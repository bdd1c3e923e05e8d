/** From the due time to the last 250 of an SMTP sink: 50,000 personalised emails. */
import { z } from 'zod'
import { createTemplate, mailbox, recipient } from './harness/accept.ts'
import { type Bench, type Context, ratioAtLeast } from './harness/bench.ts'
import { workBeside } from './harness/child.ts'
import { sendAtOnce } from './harness/due.ts'
import * as letter from './harness/letter.ts'
import { type Receiver, startReceiver } from './harness/receiver.ts'
import { startServer, type TestedServer } from './harness/server.ts'

const name = 'dispatch-email'
const WARM_UP = 3_000 // messages: the process has compiled its code, the connections are open
const CONNECTIONS = 10

const Rate = z.object({ perSecond: z.number() })
const Sample = z.object({ sample: z.string() })

export const dispatchEmail: Bench = {
  name,
  async run(context) {
    const count = context.quick ? 5_000 : 50_000
    const sink = await startReceiver('sink.ts', context)
    const server = await startServer(context, {
      SMTP_URL: `smtp://127.0.0.1:${sink.port}?connections=${CONNECTIONS}`,
      EMAIL_FROM: 'Shop <shop@example.com>',
      PUBLIC_URL: 'http://localhost:8000',
    })
    const value = await measure(context, server, sink, count)
    const { sample } = await sink.child.ask({}, Sample)
    await server.stop()

    const byHand = await bestPool(context, sink.port)
    const limit = await bestPipeline(context, { port: sink.port, mime: sample, messages: count })
    const measured = {
      bench: name,
      what: `${count.toLocaleString('en')} emails from the due time to the last 250`,
      value,
      unit: '/s',
    }
    return [
      ratioAtLeast({ ...measured, reference: byHand.label, referenceValue: byHand.perSecond }, 4),
      ratioAtLeast({ ...measured, reference: limit.label, referenceValue: limit.perSecond }, 0.3),
    ]
  },
}

async function measure(context: Context, server: TestedServer, sink: Receiver, count: number) {
  await server.call('POST', '/topics', { key: 'orders', name: 'Orders', kind: 'marketing' })
  const template_id = await createTemplate(server, {
    name: 'on-its-way',
    channel: 'email',
    subject: letter.SUBJECT,
    html: letter.html(letter.destinations),
    text: letter.text,
  })
  const item = (n: number) => ({
    ...{ channel: 'email', category: 'orders', template_id },
    recipient_id: recipient(n),
    to: mailbox(n),
    template_variables: letter.variables(n),
  })
  return sendAtOnce(context, { server, sink }, { warmUp: WARM_UP, count }, item)
}

async function bestPool(context: Context, port: number) {
  const messages = context.quick ? 500 : 1_500
  let best = { connections: 0, perSecond: 0 }
  for (const connections of [5, 10, 20]) {
    const task = { port, connections, messages, warmUp: 300 }
    const { perSecond } = await workBeside('processes/nodemailerPool.ts', task, Rate, context)
    context.say(`nodemailer's pool, ${connections} connections: ${Math.round(perSecond)}/s`)
    if (perSecond > best.perSecond) best = { connections, perSecond }
  }
  const task = { port, connections: best.connections, messages: messages * 3, warmUp: 500 }
  const { perSecond } = await workBeside('processes/nodemailerPool.ts', task, Rate, context)
  return {
    perSecond: Math.max(perSecond, best.perSecond),
    label: `nodemailer’s pool, ${best.connections} connections`,
  }
}

async function bestPipeline(
  context: Context,
  { port, mime, messages }: { port: number; mime: string; messages: number },
) {
  let best = { connections: 0, perSecond: 0 }
  for (const connections of [1, 4, 10]) {
    const task = { port, connections, messages, mime }
    const { perSecond } = await workBeside('processes/pipelinedSmtp.ts', task, Rate, context)
    context.say(`pipelined SMTP, ${connections} connections: ${Math.round(perSecond)}/s`)
    if (perSecond > best.perSecond) best = { connections, perSecond }
  }
  return {
    perSecond: best.perSecond,
    label: `pipelined SMTP of ready MIME, ${best.connections} connections`,
  }
}
