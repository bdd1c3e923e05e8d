/** Customers' own events, 1,000 per POST /events, against COPY of the same rows. */
import { z } from 'zod'
import { recipient } from './harness/accept.ts'
import { type Bench, ratioAtLeast } from './harness/bench.ts'
import { workBeside } from './harness/child.ts'
import { startMeter } from './harness/cpu.ts'
import { jsonPost, load } from './harness/load.ts'
import { workspaceId } from './harness/sender.ts'
import { addressOf, startServer } from './harness/server.ts'

const name = 'events'
const BATCH = 1_000
const PEOPLE = 10_000
const CONNECTIONS = 4

const Rate = z.object({ perSecond: z.number() })

export const events: Bench = {
  name,
  async run(context) {
    const [batches, warmUp] = context.quick ? [30, 12] : [300, 40]
    const server = await startServer(context)
    const event = (n: number) => ({
      name: 'order.completed',
      external_id: recipient(n % PEOPLE),
      properties: { order: `A-${n}`, amount: 20.5, currency: 'EUR' },
    })
    const requests = Array.from({ length: warmUp + batches }, (_, at) =>
      jsonPost(
        '/events',
        server.key,
        Array.from({ length: BATCH }, (_, n) => event(at * BATCH + n)),
      ),
    )
    const task = { port: server.port, requests, connections: CONNECTIONS, warmUp }
    const meter = await startMeter(context, server)
    const ours = await load(context, task)
    await meter(ours.answered * BATCH, 'event')
    const value = ours.perSecond * BATCH
    context.say(`${Math.round(value)} events a second`)

    const sql = await server.sql()
    const people = await sql<{ id: string }[]>`select id from contacts limit ${PEOPLE}`
    const [month] = await sql<{ partition: string }[]>`
      select tableoid::regclass::text as partition from events limit 1
    `
    const copy = {
      socketDir: (await addressOf(server.dataDir)).socketDir,
      workspaceId: await workspaceId(server, 'default'),
      people: people.map((row) => row.id),
      rows: batches * BATCH,
    }
    const bare = await workBeside('processes/copyEvents.ts', copy, Rate, context)
    context.say(`COPY: ${Math.round(bare.perSecond)} rows a second, into ${month?.partition}`)
    return [
      ratioAtLeast(
        {
          bench: name,
          what: `events, ${BATCH.toLocaleString('en')} per POST, ${CONNECTIONS} connections`,
          value,
          unit: '/s',
          reference: 'COPY of the same rows',
          referenceValue: bare.perSecond,
        },
        0.25,
      ),
    ]
  },
}
