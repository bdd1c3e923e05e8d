/** One workspace has a million messages waiting; how long do the single ones of another take? */
import { createTemplate } from './harness/accept.ts'
import { atMostMore, type Bench, type Context, quantile } from './harness/bench.ts'
import * as letter from './harness/letter.ts'
import { type Receiver, startReceiver } from './harness/receiver.ts'
import { addSender, workspaceId } from './harness/sender.ts'
import { startServer, type TestedServer } from './harness/server.ts'

const name = 'fair'
const SINGLES = 200
const WARM_UP = 50
const INSERT_AT_ONCE = 50_000
const SLUG = 'small'

export const fair: Bench = {
  name,
  async run(context) {
    const waiting = context.quick ? 100_000 : 1_000_000
    const big = await startReceiver('sink.ts', context)
    const small = await startReceiver('sink.ts', context)
    const server = await startServer(context, {
      SMTP_URL: `smtp://127.0.0.1:${big.port}?connections=10`,
      EMAIL_FROM: 'Shop <shop@example.com>',
    })
    await server.call('POST', '/workspaces', { slug: SLUG, name: 'Small' })
    await addSender(server, {
      slug: SLUG,
      channel: 'email',
      provider: 'smtp',
      settings: { host: '127.0.0.1', port: small.port, from_email: 'small@example.com' },
    })
    const singles = { server, sink: small }
    await sendSingles(singles, WARM_UP)
    const idle = await sendSingles(singles, SINGLES)
    context.say(`idle: p50 ${idle.p50.toFixed(1)}, p95 ${idle.p95.toFixed(1)} ms`)

    await fill(context, server, waiting)
    await big.reached(1)
    const busy = await sendSingles(singles, SINGLES)
    context.say(`busy: p50 ${busy.p50.toFixed(1)}, p95 ${busy.p95.toFixed(1)} ms`)
    context.say(`meanwhile the other workspace sent ${big.accepted} messages`)
    if (big.accepted >= waiting) throw new Error('the waiting messages ran out')
    return [
      atMostMore(
        {
          bench: name,
          what: `p95 from POST to arrival while another workspace has ${waiting.toLocaleString('en')} waiting`,
          value: busy.p95,
          unit: 'ms',
          reference: 'idle server',
          referenceValue: idle.p95,
        },
        500,
      ),
    ]
  },
}

/** One after another, from the request to the arrival. */
async function sendSingles(at: { server: TestedServer; sink: Receiver }, count: number) {
  const times: number[] = []
  for (let n = 0; n < count; n++) {
    const before = at.sink.accepted
    const began = performance.timeOrigin + performance.now()
    const body = {
      ...{ channel: 'email', recipient_id: `single-${n}`, to: `single-${n}@mail.example` },
      ...{ subject: 'Your code', message: 'It is 042137.' },
    }
    await at.server.call('POST', '/notifications', body, SLUG)
    times.push((await at.sink.reached(before + 1)) - began)
  }
  const sorted = times.toSorted((a, b) => a - b)
  return { p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95) }
}

/** Straight into the tables: what is measured is how they leave. */
async function fill(context: Context, server: TestedServer, waiting: number): Promise<void> {
  const templateId = await createTemplate(server, {
    name: 'on-its-way',
    channel: 'email',
    subject: letter.SUBJECT,
    html: letter.html(letter.destinations),
    text: letter.text,
  })
  const workspace = await workspaceId(server, 'default')
  const sql = await server.sql()
  const [sender] = await sql<{ id: string }[]>`
    select id from senders where workspace_id = ${workspace} and channel = 'email' and origin = 'environment'
  `
  const senderId = sender?.id ?? ''
  for (let from = 0; from < waiting; from += INSERT_AT_ONCE) {
    await sql`
      insert into messages (workspace_id, id, channel, status, priority, kind, address, sender_id, template_id,
        template_version, locale, variables, flags, due_at, expires_at, created_at)
      select ${workspace}, uuidv7(), 'email', 'queued', 1, 'transactional', 'person-' || n || '@mail.example',
        ${senderId}, ${templateId}, 1, 'en',
        jsonb_build_object('first_name', 'Person ' || n, 'order', 'A-' || n, 'amount', '20.50'), 3,
        now(), now() + interval '3 days', now()
      from generate_series(${from}::int, ${Math.min(from + INSERT_AT_ONCE, waiting) - 1}::int) as n
    `
  }
  context.say(`${waiting} messages wait`)
  await sql`
    insert into lanes as l (workspace_id, sender_id, priority, next_due, touched)
    values (${workspace}, ${senderId}, 1, now(), 1)
    on conflict (workspace_id, sender_id, priority) do update set next_due = now(), touched = l.touched + 1
  `
}
