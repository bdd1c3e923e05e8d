/**
 * What one writes by hand: nodemailer's pool, Liquid parsed once, the same letter with its
 * pixel, two signed links and the one-click header. Stores nothing and tracks nothing.
 */
import { hash } from 'node:crypto'
import { Liquid } from 'liquidjs'
import nodemailer from 'nodemailer'
import { z } from 'zod'
import * as letter from '../harness/letter.ts'
import { runTask } from '../harness/task.ts'

const AHEAD = 2 // times the connections: so many messages are with the pool at once
const ORIGIN = 'http://localhost:8000'

const Task = z.object({
  port: z.number(),
  connections: z.number(),
  messages: z.number(),
  warmUp: z.number(),
})

const liquid = new Liquid()
const subject = liquid.parse(letter.SUBJECT)
const text = liquid.parse(letter.text)
const html = liquid.parse(
  letter.html({ status: '{{ status }}', shop: '{{ shop }}' }, '<img src="{{ pixel }}" alt="">'),
)

function compose(n: number) {
  const token = hash('sha256', `key ${n}`, 'base64url')
  const scope = {
    ...letter.variables(n),
    status: `${ORIGIN}/c/0/${token}`,
    shop: `${ORIGIN}/c/1/${token}`,
    pixel: `${ORIGIN}/o/${token}.png`,
  }
  return {
    from: 'Shop <shop@example.com>',
    to: `person-${n}@mail.example`,
    subject: liquid.renderSync(subject, scope),
    html: liquid.renderSync(html, scope),
    text: liquid.renderSync(text, scope),
    headers: {
      'List-Unsubscribe': `<${ORIGIN}/u/${token}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    },
  }
}

await runTask(Task, async ({ port, connections, messages, warmUp }) => {
  const pool = nodemailer.createTransport({
    ...{ pool: true, host: '127.0.0.1', port, ignoreTLS: true },
    ...{ maxConnections: connections, maxMessages: Number.POSITIVE_INFINITY },
  })
  let n = 0
  const send = async (until: number) => {
    while (n < until) await pool.sendMail(compose(n++))
  }
  const sendAll = (until: number) =>
    Promise.all(Array.from({ length: connections * AHEAD }, () => send(until)))
  await sendAll(warmUp)
  const startedAt = performance.now()
  await sendAll(warmUp + messages)
  const seconds = (performance.now() - startedAt) / 1_000
  pool.close()
  return { perSecond: messages / seconds }
})
