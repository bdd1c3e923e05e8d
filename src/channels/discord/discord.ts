/**
 * Discord incoming webhooks.
 *
 *   send, update, check  https://discord.com/developers/docs/resources/webhook
 *   rate limits          https://discord.com/developers/docs/topics/rate-limits
 *
 * Discord keeps no idempotency key, so a lost answer stays unknown.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { Misconfigured, Rejected, Retryable, Unanswered } from '../../errors.ts'
import type { Http, HttpResponse } from '../../lib/http.ts'
import { checking, errorForReply, excerpt, retryAfterSeconds } from '../../lib/reply.ts'
import { defineProvider } from '../provider.ts'
import { discordBody } from './discordBody.ts'

const settings = z.object({
  webhook_url: z.url({ protocol: /^https?$/ }).meta({
    title: 'Webhook URL',
    description: 'Server settings, Integrations, Webhooks, Copy Webhook URL.',
    secret: true,
  }),
  base_url: z.url().optional().meta({
    title: 'API base URL',
    description: 'Only for a proxy; in place of https://discord.com/api/v10.',
  }),
})
type Settings = z.infer<typeof settings>

/** The bucket of this webhook, as its last answer described it. Monotonic milliseconds. */
interface Bucket {
  notBefore: number
}

const SHORT_WAIT_MS = 2_000 // shorter waits are sat out; longer ones go back to the queue

export const discord = defineProvider<'discord', Settings, Bucket>({
  id: 'discord',
  channel: 'discord',
  name: 'Discord',
  settings,
  // 5 in 2 s are seen per webhook; not documented. A bucket lets one second's worth go at once, so two
  // seconds see at most 1.5 + 2 × 1.5 = 4.5, so 4 of ours, and the one that an uneven network brings along.
  limits: { perSecond: 1.5, concurrency: 2 },
  baseUrl: {
    variable: 'DISCORD_BASE_URL',
    isOpen: ({ base_url, webhook_url }) =>
      base_url === undefined && isWebhook(new URL(webhook_url)),
  },
  delivery: {
    idempotency: 'none',
    correlate: 'none',
    ambiguousOn: ['no answer', 'an answer that is no message', '5xx without a JSON body'],
  },

  open: () => ({ notBefore: 0 }),

  async check({ settings, http }) {
    await checking(async () => {
      const reply = await http.send({ method: 'GET', url: endpoint(settings) })
      if (reply.status !== 200) throw errorFor(reply, settings)
      if (!withId.safeParse(reply.body).success) {
        throw new Misconfigured('This URL does not answer like a Discord webhook.')
      }
    })
  },

  async send({ content }, { settings, http, connection }) {
    const json = discordBody(content)
    const url = endpoint(settings, '', { wait: 'true' }) // without wait, failures go unreported
    const reply = await paced(connection, http, { method: 'POST', url, json })
    if (reply.status === 204) return { providerMessageId: null, reply: '204' }
    if (reply.status !== 200) throw errorFor(reply, settings)
    const sent = withId.safeParse(reply.body)
    if (!sent.success)
      throw new Unanswered(`Discord's answer is no message: ${shown(reply, settings)}`)
    return { providerMessageId: sent.data.id, reply: shown(reply, settings) }
  },

  async update(providerMessageId, { content }, { settings, http, connection }) {
    const json = discordBody(content)
    const url = endpoint(settings, `/messages/${encodeURIComponent(providerMessageId)}`)
    const reply = await paced(connection, http, { method: 'PATCH', url, json })
    if (reply.status === 200) return
    if (reply.status === 404 && errorReply.parse(reply.body).code !== UNKNOWN_WEBHOOK) {
      throw new Rejected('content', 'The message is not there any more.', '404')
    }
    throw errorFor(reply, settings)
  },
})

const UNKNOWN_WEBHOOK = 10015
const withId = z.object({ id: z.string() })
const errorReply = z
  .object({ code: z.number().catch(0), message: z.string(), retry_after: z.number().optional() })
  .catch({ code: 0, message: '' })

/** One of Discord's own: nothing else may be asked of the address that the operator put in its place. */
const isWebhook = (url: URL) =>
  isDiscords(url) && /^\/api(\/v\d+)?\/webhooks\/\d+\/[\w-]+\/?$/.test(url.pathname)

const isDiscords = ({ hostname }: URL) => /(^|\.)discord(app)?\.com$/.test(hostname)

/**
 * The URL as it was pasted, with its thread_id. On Discord's own host the version is
 * pinned; a URL on another host (a proxy) is taken as it is.
 */
function endpoint(settings: Settings, suffix = '', query: Record<string, string> = {}) {
  const url = new URL(settings.webhook_url)
  const path = url.pathname.replace(/^\/api(\/v\d+)?(?=\/)/, '').replace(/\/$/, '') + suffix
  const base = settings.base_url ?? (isDiscords(url) ? 'https://discord.com/api/v10' : undefined)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  if (base) return `${base.replace(/\/$/, '')}${path}${url.search}`
  url.pathname = url.pathname.replace(/\/$/, '') + suffix
  return url.href
}

/** Stays out of 429: enough of them and Discord bans the address of the whole installation. */
async function paced(bucket: Bucket, http: Http, request: Parameters<Http['send']>[0]) {
  const wait = bucket.notBefore - performance.now()
  if (wait > SHORT_WAIT_MS) {
    throw new Retryable("Discord's limit for this webhook is used up.", { after: wait / 1_000 })
  }
  if (wait > 0) await sleep(wait)
  const reply = await http.send(request)
  const used = reply.headers['x-ratelimit-remaining'] === '0' || reply.status === 429
  const after = used ? waitSeconds(reply) : undefined
  if (after) bucket.notBefore = performance.now() + after * 1_000
  return reply
}

function waitSeconds(reply: HttpResponse) {
  const { retry_after } = errorReply.parse(reply.body)
  return (
    retry_after ?? (Number(reply.headers['x-ratelimit-reset-after']) || retryAfterSeconds(reply))
  )
}

function errorFor(reply: HttpResponse, settings: Settings) {
  const { code, message, retry_after } = errorReply.parse(reply.body)
  const said = message ? `${code}: ${message}` : shown(reply, settings)
  const text = `Discord answered ${reply.status} ${said}`.trim()
  if (reply.status === 429 && retry_after !== undefined) {
    return new Retryable(text, { after: retry_after, code: '429' })
  }
  return errorForReply(reply, text)
}

function shown(reply: HttpResponse, { webhook_url }: Settings) {
  return excerpt(reply.text, webhook_url, new URL(webhook_url).pathname.split('/').at(-1))
}
