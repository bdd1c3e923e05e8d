/**
 * Slack, in one of its two ways: an incoming webhook (one channel, nothing to install but
 * the URL), or a bot token and a channel (chat.postMessage).
 *
 *   webhook  https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 *   bot      https://docs.slack.dev/reference/methods/chat.postMessage
 *
 * Slack keeps no idempotency key, so a lost answer stays unknown.
 */
import { z } from 'zod'
import { Misconfigured, Rejected, Retryable, Unanswered } from '../../errors.ts'
import type { Http, HttpResponse } from '../../lib/http.ts'
import { checking, errorForReply, excerpt, retryAfterSeconds } from '../../lib/reply.ts'
import { secret } from '../../lib/secret.ts'
import { defineProvider } from '../provider.ts'
import { slackBody } from './slackBody.ts'

const settings = z
  .object({
    webhook_url: z
      .url({ protocol: /^https?$/ })
      .optional()
      .meta({
        title: 'Incoming webhook URL',
        description: 'Either this, or a bot token and a channel.',
        secret: true,
      }),
    bot_token: secret('Bot token (xoxb-…)').optional(),
    channel: z.string().min(1).optional().meta({ title: 'Channel, by id or #name' }),
    base_url: z.url().optional().meta({
      title: 'API base URL',
      description: 'Only for a proxy; in place of https://slack.com/api.',
    }),
  })
  .refine((given) => given.webhook_url || (given.bot_token && given.channel), {
    error: 'Give a webhook URL, or a bot token and a channel.',
    path: ['webhook_url'],
  })
type Settings = z.infer<typeof settings>

export const slack = defineProvider({
  id: 'slack',
  channel: 'slack',
  name: 'Slack',
  settings,
  limits: { perSecond: 1, concurrency: 2 }, // one message a second and channel, with short bursts
  baseUrl: {
    variable: 'SLACK_BASE_URL',
    isOpen: ({ base_url, webhook_url }) => base_url === undefined && webhook_url === undefined,
  },
  delivery: {
    idempotency: 'none',
    correlate: 'none',
    ambiguousOn: [
      'no answer',
      'an answer in another form',
      'internal_error',
      '5xx without a JSON body',
    ],
  },

  /** A webhook answers nothing but messages, so it is asked with an empty one: `no_text` means it is alive. */
  async check({ settings, http }) {
    await checking(async () => {
      if (!settings.webhook_url) {
        await callApi(http, settings, 'auth.test', {})
        return
      }
      const reply = await http.send({ method: 'POST', url: settings.webhook_url, json: {} })
      const alive = reply.status === 400 && /^(no_text|invalid_payload)\b/.test(reply.text)
      if (!alive) throw webhookError(reply, settings)
    })
  },

  async send({ content }, { settings, http }) {
    const json = slackBody(content)
    if (settings.webhook_url) {
      const reply = await http.send({ method: 'POST', url: settings.webhook_url, json })
      if (reply.status !== 200 || reply.text.trim() !== 'ok') throw webhookError(reply, settings)
      return { providerMessageId: null, reply: 'ok' }
    }
    const reply = await callApi(http, settings, 'chat.postMessage', {
      channel: settings.channel,
      ...json,
    })
    const { channel, ts } = posted.parse(reply.body)
    return { providerMessageId: ts ? `${channel}:${ts}` : null, reply: shown(reply, settings) }
  },
})

const posted = z.object({ channel: z.string(), ts: z.string() }).catch({ channel: '', ts: '' })
const verdict = z.object({ ok: z.boolean(), error: z.string().optional() })

/** Slack says what went wrong in the body of a 200. */
async function callApi(http: Http, settings: Settings, method: string, json: object) {
  const base = (settings.base_url ?? 'https://slack.com/api').replace(/\/$/, '')
  const headers = {
    authorization: `Bearer ${settings.bot_token}`,
    'content-type': 'application/json; charset=utf-8', // without the charset Slack warns
  }
  const reply = await http.send({ method: 'POST', url: `${base}/${method}`, headers, json })
  const said = verdict.safeParse(reply.body)
  if (said.success && said.data.ok && reply.status === 200) return reply
  if (said.success && said.data.error) throw errorForCode(said.data.error, reply)
  throw errorForAnswer(reply, settings)
}

function webhookError(reply: HttpResponse, settings: Settings) {
  const code = /^\w+/.exec(reply.text.trim())?.[0] ?? ''
  return Object.hasOwn(families, code) ? errorForCode(code, reply) : errorForAnswer(reply, settings)
}

function errorForAnswer(reply: HttpResponse, settings: Settings) {
  const text = `Slack answered ${reply.status} ${shown(reply, settings)}`.trim()
  return reply.status < 300 ? new Unanswered(text) : errorForReply(reply, text)
}

/** Codes of both ways. What is not here is the message's fault, as most of Slack's codes are. */
const families: Record<string, 'retry' | 'unknown' | 'settings' | 'content'> = {
  ratelimited: 'retry',
  rate_limited: 'retry',
  rollup_error: 'retry',
  service_unavailable: 'retry',
  team_added_to_org: 'retry',
  // "It's possible some aspect of the operation succeeded before the error was raised."
  fatal_error: 'unknown',
  internal_error: 'unknown',
  request_timeout: 'retry', // the request did not reach Slack whole
  not_authed: 'settings',
  invalid_auth: 'settings',
  account_inactive: 'settings',
  token_expired: 'settings',
  token_revoked: 'settings',
  no_permission: 'settings',
  missing_scope: 'settings',
  not_allowed_token_type: 'settings',
  access_denied: 'settings',
  channel_not_found: 'settings',
  not_in_channel: 'settings',
  is_archived: 'settings',
  channel_is_archived: 'settings',
  accesslimited: 'settings',
  ekm_access_denied: 'settings', // "Administrators have suspended the ability to post a message."
  enterprise_is_restricted: 'settings',
  org_login_required: 'settings', // the workspace is being moved
  team_access_not_granted: 'settings',
  restricted_action: 'settings',
  restricted_action_non_threadable_channel: 'settings',
  restricted_action_read_only_channel: 'settings',
  restricted_action_thread_only_channel: 'settings',
  action_prohibited: 'settings',
  posting_to_general_channel_denied: 'settings',
  no_service: 'settings',
  no_service_id: 'settings',
  no_team: 'settings',
  team_disabled: 'settings',
  invalid_token: 'settings',
  user_not_found: 'settings',
  msg_too_long: 'content',
  no_text: 'content',
  invalid_payload: 'content',
  invalid_blocks: 'content',
  too_many_attachments: 'content',
}

function errorForCode(code: string, reply: HttpResponse) {
  const text = `Slack refused: ${code}`
  const family = Object.hasOwn(families, code) ? families[code] : 'content'
  if (family === 'retry') return new Retryable(text, { after: retryAfterSeconds(reply), code })
  if (family === 'unknown') return new Unanswered(text)
  return family === 'settings' ? new Misconfigured(text) : new Rejected('content', text, code)
}

function shown(reply: HttpResponse, { webhook_url, bot_token }: Settings) {
  const path = webhook_url ? new URL(webhook_url).pathname : undefined
  return excerpt(reply.text, bot_token, webhook_url, path && path.length > 1 ? path : undefined)
}
