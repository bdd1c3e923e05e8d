/**
 * A message as an HTTP call to a customer's own URL, signed by Standard Webhooks.
 *
 *   POST {type: 'message', timestamp, data: {id, title, text, ...data}}
 *
 * `webhook-id` is the message's id and stays the same over attempts, so a receiver that
 * follows the standard drops repetitions; a lost answer is therefore sent again. Only 2xx
 * is success, and redirects are failures.
 */
import { z } from 'zod'
import { Rejected } from '../../errors.ts'
import type { Http, HttpResponse } from '../../lib/http.ts'
import { checking, errorForReply, excerpt } from '../../lib/reply.ts'
import { isSigningSecret, signedHeaders } from '../../lib/standardWebhooks.ts'
import { uuid7Time } from '../../lib/uuid7.ts'
import { defineProvider } from '../provider.ts'

const signingSecret = z.string().refine(isSigningSecret, {
  error: 'Write it as whsec_ and 24 to 64 bytes in base64.',
})
const settings = z.object({
  url: z.url({ protocol: /^https?$/ }).meta({ title: 'URL' }),
  signing_secret: signingSecret.meta({ title: 'Signing secret (whsec_…)', secret: true }),
  previous_signing_secret: signingSecret.optional().meta({
    title: 'Previous signing secret',
    description: 'While receivers change over: messages then carry both signatures.',
    secret: true,
  }),
})
type Settings = z.infer<typeof settings>

const MAX_BYTES = 262_144 // 256 KB; more than a receiver may be expected to take
const REPEATABLE_SECONDS = 3 * 86_400 // for how long receivers are told to remember ids

export const webhook = defineProvider({
  id: 'webhook',
  channel: 'webhook',
  name: 'Webhook',
  settings,
  // As many as there are connections, and what keeps those busy meanwhile: repeating is harmless here.
  limits: { concurrency: 200, concurrencyOf: () => 50 },
  delivery: {
    idempotency: { ttlSeconds: REPEATABLE_SECONDS },
    correlate: 'none',
    ambiguousOn: ['no answer'],
  },

  /** Sends a signed `{"type":"ping"}`, so that signature and route are proven, not only the name. */
  async check({ settings, http }) {
    const ping = { type: 'ping', timestamp: new Date().toISOString(), data: {} }
    await checking(async () => {
      const id = `ping_${crypto.randomUUID()}`
      const reply = await post(http, settings, id, JSON.stringify(ping))
      if (!accepted(reply)) throw errorFor(reply)
    })
  },

  async send({ id, content: { title, text, data } }, { settings, http }) {
    const timestamp = uuid7Time(id).toISOString() // as webhook-id, the same at every attempt
    const body = JSON.stringify({ type: 'message', timestamp, data: { ...data, id, title, text } })
    if (Buffer.byteLength(body) > MAX_BYTES) {
      throw new Rejected('content', `The message is larger than ${MAX_BYTES} bytes.`)
    }
    const reply = await post(http, settings, id, body)
    if (!accepted(reply)) throw errorFor(reply)
    return { providerMessageId: null, reply: `${reply.status} ${excerpt(reply.text)}`.trim() }
  },
})

function post(http: Http, settings: Settings, id: string, body: string) {
  const { signing_secret, previous_signing_secret } = settings
  const secrets = [signing_secret, ...(previous_signing_secret ? [previous_signing_secret] : [])]
  const timestamp = Math.floor(Date.now() / 1_000)
  const headers = {
    'content-type': 'application/json',
    ...signedHeaders({ id, timestamp, body }, secrets),
  }
  return http.send({ method: 'POST', url: settings.url, headers, body })
}

function accepted({ status }: HttpResponse) {
  return status >= 200 && status < 300
}

function errorFor(reply: HttpResponse) {
  const said = `The endpoint answered ${reply.status} ${excerpt(reply.text)}`.trim()
  return errorForReply(reply, said, { idempotent: true })
}
