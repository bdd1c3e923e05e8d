/** POST /notifications with 1,000 messages each, to people who are known and to new ones. */
import { z } from 'zod'
import { acceptAll, createTemplate, mailbox, recipient } from './harness/accept.ts'
import { type Bench, type Context, type Result, ratioAtLeast } from './harness/bench.ts'
import { workBeside } from './harness/child.ts'
import { startMeter } from './harness/cpu.ts'
import { variables } from './harness/letter.ts'
import { jsonPost, load } from './harness/load.ts'
import { workspaceId } from './harness/sender.ts'
import { addressOf, startServer, type TestedServer } from './harness/server.ts'

const name = 'accept-batch'
const BATCH = 1_000
const PEOPLE = 10_000
const CONNECTIONS = 4
const LATER_MS = 86_400_000 // they fall due tomorrow, so that nothing is sent meanwhile

const Rate = z.object({ perSecond: z.number() })
const Senders = z.object({ data: z.array(z.object({ id: z.string(), channel: z.string() })) })

export const acceptBatch: Bench = {
  name,
  async run(context) {
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
    const bench = { context, server, template_id }
    return [
      await compare(bench, 'to known people', (n) => item(n % PEOPLE), await known(server)),
      await compare(
        bench,
        'to new people',
        (n) => ({ ...item(PEOPLE + n), to: mailbox(PEOPLE + n) }),
        null,
      ),
    ]
  },
}

async function known(server: TestedServer): Promise<string[]> {
  const sql = await server.sql()
  const rows = await sql<{ id: string }[]>`select id from contacts limit ${PEOPLE}`
  return rows.map((row) => row.id)
}

async function compare(
  { context, server, template_id }: { context: Context; server: TestedServer; template_id: string },
  who: string,
  item: (n: number) => object,
  people: string[] | null,
): Promise<Result> {
  const [batches, warmUp] = context.quick ? [16, 4] : [120, 16]
  const requests = Array.from({ length: warmUp + batches }, (_, at) =>
    jsonPost(
      '/notifications',
      server.key,
      Array.from({ length: BATCH }, (_, n) => item(at * BATCH + n)),
    ),
  )
  const task = { port: server.port, requests, connections: CONNECTIONS, warmUp }
  const meter = await startMeter(context, server)
  const ours = await load(context, task)
  await meter(ours.answered * BATCH, 'message')
  context.say(`${who}: ${Math.round(ours.perSecond * BATCH)} messages a second`)
  const bare = await insertDirectly({ context, server, template_id }, { batches, warmUp, people })
  return ratioAtLeast(
    {
      bench: name,
      what: `messages ${who}, ${BATCH.toLocaleString('en')} per POST, ${CONNECTIONS} connections`,
      value: ours.perSecond * BATCH,
      unit: '/s',
      reference: `insert … select from unnest, ${bare.connections} connections`,
      referenceValue: bare.perSecond,
    },
    0.5,
  )
}

/** At the better of two numbers of connections. */
async function insertDirectly(
  { context, server, template_id }: { context: Context; server: TestedServer; template_id: string },
  rows: { batches: number; warmUp: number; people: string[] | null },
) {
  const { data } = Senders.parse(await server.call('GET', '/providers?channel=email'))
  const task = {
    ...{ ...rows, socketDir: (await addressOf(server.dataDir)).socketDir },
    workspaceId: await workspaceId(server, 'default'),
    senderId: data.find((sender) => sender.channel === 'email')?.id,
    templateId: template_id,
    batch: BATCH,
  }
  let best = { connections: 0, perSecond: 0 }
  for (const connections of [2, 4]) {
    const firstPerson = connections * 1_000_000
    const { perSecond } = await workBeside(
      'processes/insertMessages.ts',
      { ...task, connections, firstPerson },
      Rate,
      context,
    )
    context.say(`unnest, ${connections} connections: ${Math.round(perSecond)} rows a second`)
    if (perSecond > best.perSecond) best = { connections, perSecond }
  }
  return best
}
