/** A vendor's webhook in, an alert out: how long from Close's request to Discord's, at 50 a second? */
import { createHmac, randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import { z } from 'zod'
import { atMost, type Bench, quantile } from './harness/bench.ts'
import { serveBeside } from './harness/child.ts'
import { startServer } from './harness/server.ts'

const name = 'alert'
const PER_SECOND = 50
const WARM_UP = 50
const PATIENCE_MS = 60_000
const PERSON =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15'
const Told = z.object({ alert: z.number(), at: z.number() })

export const alert: Bench = {
  name,
  async run(context) {
    const count = context.quick ? 500 : 3_000
    const vendors = await serveBeside('processes/vendors.ts', context)
    const base = `http://127.0.0.1:${vendors.port}`
    const secret = randomBytes(32).toString('hex')
    const server = await startServer(context, {
      CLOSEIO_API_KEY: 'api_bench',
      CLOSEIO_BASE_URL: `${base}/close`,
      CLOSEIO_WEBHOOK_SIGNATURE_KEY: secret,
      POLLING_ENABLED: 'false',
      DISCORD_WEBHOOK_URL: `${base}/api/webhooks/1180000000000000000/bench-webhook-token`,
      DISCORD_BASE_URL: base,
    })
    // What is measured is ourselves: Discord itself takes about two a second for one webhook.
    const sql = await server.sql()
    await sql`update senders set per_second = ${PER_SECOND * 4} where provider = 'discord'`
    const begun = new Map<number, number>()
    const took: number[] = []
    let arrived = 0
    vendors.onMessage((message) => {
      const { data } = Told.safeParse(message)
      const at = data && begun.get(data.alert)
      if (!data || at === undefined) return
      begun.delete(data.alert)
      arrived++
      if (data.alert >= WARM_UP) took.push(data.at - at)
    })
    const startedAt = performance.now()
    for (let n = 0; n < WARM_UP + count; n++) {
      const wait = startedAt + (n * 1_000) / PER_SECOND - performance.now()
      if (wait > 0) await sleep(wait)
      begun.set(n, performance.timeOrigin + performance.now())
      void open(`${server.url}/webhook/closeio`, secret, n)
    }
    const deadline = performance.now() + PATIENCE_MS
    while (begun.size > 0 && performance.now() < deadline) await sleep(50)
    if (begun.size > 0) throw new Error(`${begun.size} of ${WARM_UP + count} alerts never came`)
    const sorted = took.toSorted((one, other) => one - other)
    const at = (share: number) => quantile(sorted, share).toFixed(1)
    context.say(`${arrived} alerts, p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)} ms`)
    return [
      atMost(
        {
          bench: name,
          what: `p95 from Close's webhook to Discord's request, ${PER_SECOND} a second`,
          value: quantile(sorted, 0.95),
          unit: 'ms',
        },
        500,
      ),
    ]
  },
}

/** One open of an email of its own, signed as Close signs. */
async function open(url: string, secret: string, n: number): Promise<void> {
  const now = new Date()
  const sent = new Date(+now - 3_600_000).toISOString()
  const ip = `198.18.${n >> 8}.${n & 255}` // many from one place would be a machine
  const opened = { opened_at: now.toISOString(), ip_address: ip, user_agent: PERSON }
  const email = {
    ...{ id: `acti_bench${n}`, lead_id: `lead_${n % 100}`, contact_id: `cont_${n}` },
    ...{
      direction: 'outgoing',
      status: 'sent',
      subject: `Offer ${n}`,
      sender: 'sales@example.com',
    },
    ...{ to: [`person@mail-${n}.example`], date_sent: sent, date_created: sent, activity_at: sent },
    opens: [{ ...opened, opened_by: '' }],
  }
  const plain = now.toISOString().replace('Z', '')
  const event = {
    ...{
      id: `ev_${n}`,
      object_type: 'activity.email',
      object_id: email.id,
      lead_id: email.lead_id,
    },
    ...{ action: 'updated', date_created: plain, date_updated: plain },
    ...{ changed_fields: ['opens'], data: email, previous_data: {} },
  }
  const body = JSON.stringify({ event, subscription_id: 'whsub_bench' })
  const at = String(Math.floor(+now / 1_000))
  const key = Buffer.from(secret, 'hex')
  const hash = createHmac('sha256', key).update(`${at}${body}`).digest('hex')
  const headers = {
    'content-type': 'application/json',
    'close-sig-timestamp': at,
    'close-sig-hash': hash,
  }
  const reply = await request(url, { method: 'POST', headers, body })
  if (reply.statusCode !== 200) throw new Error(`answered ${reply.statusCode}`)
  await reply.body.dump()
}
