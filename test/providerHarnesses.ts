/**
 * How the contract test points each provider at a fake vendor, and where a provider's
 * answer to a case differs from the usual one. One entry per provider and way of use.
 */
import { type ChannelId, channelIds } from '../src/channels/channel.ts'
import type { Outbound, Provider } from '../src/channels/provider.ts'
import { uuid7 } from '../src/lib/uuid7.ts'
import {
  type Behaviour,
  type FaultServer,
  type Received,
  refusedUrl,
} from './fakes/startFaultServer.ts'
import { newSigningSecret } from './helpers/signingSecret.ts'
import { smtpHarness } from './smtpHarness.ts'

export type Family = 'accepted' | 'Retryable' | 'Unanswered' | 'Rejected' | 'Misconfigured'

export interface Harness {
  /** `channel:id` of the provider. */
  readonly key: string
  /** Unique; also the scenario's name at the fake vendor. */
  readonly name: string
  /** Names of the cases that have a meaning here. */
  readonly cases: readonly string[]
  /** Settings for a vendor that behaves as the case says. */
  arrange(caseName: string, server: FaultServer): Promise<unknown>
  expected(caseName: string): Family
  /** Must appear in no error message. */
  readonly secrets: readonly string[]
  /** Ends what `arrange` started. */
  release?(): Promise<void>
  /** Where a request carries the message's id, for providers that declare idempotency. */
  readonly idempotencyKey?: (request: Received) => string | undefined
}

const refusal = (status: number, headers: Record<string, string> = {}): Behaviour => ({
  do: 'reply',
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: '{"message":"so the vendor says","code":0}',
})
const inAnHour = () => new Date(Date.now() + 3_600_000).toUTCString()
const html = { 'content-type': 'text/html' }
const page = '<!doctype html><html><title>Sign in</title></html>'

/** The usual behaviour and outcome per case, for a vendor without idempotency that answers JSON. */
const cases: Record<
  string,
  readonly [behaviour: (() => Behaviour) | 'success' | 'refused', Family]
> = {
  success: ['success', 'accepted'],
  '400': [() => refusal(400), 'Rejected'],
  '401': [() => refusal(401), 'Misconfigured'],
  '403': [() => refusal(403), 'Misconfigured'],
  '404': [() => refusal(404), 'Misconfigured'],
  '408': [() => refusal(408), 'Retryable'],
  '409': [() => refusal(409), 'Rejected'],
  '410': [() => refusal(410), 'Misconfigured'],
  '413': [() => refusal(413), 'Rejected'],
  '429 with seconds': [() => refusal(429, { 'retry-after': '7' }), 'Retryable'],
  '429 with a date': [() => refusal(429, { 'retry-after': inAnHour() }), 'Retryable'],
  '429 without a time': [() => refusal(429), 'Retryable'],
  '500': [() => refusal(500), 'Retryable'],
  '500 without a word': [() => ({ do: 'reply', status: 500 }), 'Unanswered'],
  "502 with a gateway's page": [
    () => ({ do: 'reply', status: 502, headers: html, body: page }),
    'Unanswered',
  ],
  '503': [() => ({ do: 'reply', status: 503, headers: html, body: page }), 'Retryable'],
  'hanging socket': [() => ({ do: 'hang' }), 'Unanswered'],
  'connection cut after the request was written': [() => ({ do: 'cut' }), 'Unanswered'],
  'half a reply': [() => ({ do: 'half' }), 'Unanswered'],
  'another protocol': [() => ({ do: 'garbage' }), 'Unanswered'],
  'connection refused': ['refused', 'Retryable'],
  'invalid JSON with 200': [() => ({ do: 'reply', status: 200, body: '{"id":' }), 'Unanswered'],
  'HTML with 200': [() => ({ do: 'reply', status: 200, headers: html, body: page }), 'Unanswered'],
  'a reply of 2 GB': [() => ({ do: 'endless', bytes: 2 ** 31 }), 'Unanswered'],
  'a packed reply': [() => ({ do: 'gzip', body: '{"id":"1","ok":true}' }), 'Unanswered'],
  'a redirect': [
    () => ({ do: 'reply', status: 302, headers: { location: 'http://127.0.0.1:1/' } }),
    'Misconfigured',
  ],
  'an error page that repeats the request': [() => ({ do: 'echo', status: 400 }), 'Rejected'],
}

interface OverHttp {
  key: string
  name: string
  settings(base: string): unknown
  success: Behaviour
  /** Cases with another outcome than the usual one. */
  unlike?: Record<string, Family>
  secrets: readonly string[]
  idempotencyKey?: (request: Received) => string | undefined
}

function overHttp({ settings, success, unlike = {}, ...rest }: OverHttp): Harness {
  return {
    ...rest,
    cases: Object.keys(cases),
    expected: (name) => unlike[name] ?? cases[name]![1],
    async arrange(name, server) {
      const [behaviour] = cases[name]!
      if (behaviour === 'refused') return settings(await refusedUrl())
      return settings(
        await server.define(rest.name, behaviour === 'success' ? success : behaviour()),
      )
    },
  }
}

const token = 'a-token-that-nobody-may-see'
const signingSecret = newSigningSecret()
const json = (body: object): Behaviour => ({
  do: 'reply',
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

/** The body of a 2xx means nothing to these two; only its status does. */
const anySuccess: Record<string, Family> = {
  'invalid JSON with 200': 'accepted',
  'a packed reply': 'accepted',
}

export const harnesses: readonly Harness[] = [
  smtpHarness,
  overHttp({
    key: 'discord:discord',
    name: 'discord',
    settings: (base) => ({
      webhook_url: `https://discord.com/api/webhooks/1/${token}`,
      base_url: base,
    }),
    success: json({ id: '1180000000000000001', channel_id: '1', content: 'x' }),
    secrets: [token],
  }),
  overHttp({
    key: 'slack:slack',
    name: 'slack-webhook',
    settings: (base) => ({ webhook_url: `${base}/services/T1/B1/${token}` }),
    success: { do: 'reply', status: 200, body: 'ok' },
    secrets: [token],
  }),
  overHttp({
    key: 'slack:slack',
    name: 'slack-bot',
    settings: (base) => ({ bot_token: token, channel: 'C1H9RESGL', base_url: base }),
    success: json({ ok: true, channel: 'C1H9RESGL', ts: '1503435956.000247', message: {} }),
    secrets: [token],
  }),
  overHttp({
    key: 'teams:teams',
    name: 'teams',
    settings: (base) => ({ webhook_url: `${base}/workflows/1/invoke?api-version=1&sig=${token}` }),
    success: { do: 'reply', status: 202 },
    unlike: anySuccess,
    secrets: [token],
  }),
  overHttp({
    key: 'webhook:webhook',
    name: 'webhook',
    settings: (base) => ({ url: base, signing_secret: signingSecret }),
    success: { do: 'reply', status: 204 },
    unlike: {
      ...anySuccess,
      'HTML with 200': 'accepted',
      // Repeating is safe, so these need not stay unknown.
      '500 without a word': 'Retryable',
      "502 with a gateway's page": 'Retryable',
    },
    secrets: [signingSecret],
    idempotencyKey: ({ headers }) => headers['webhook-id'],
  }),
  overHttp({
    key: 'whatsapp:whatsapp',
    name: 'whatsapp',
    settings: (base) => ({
      ...{ token, phone_number_id: '106540352242922', app_secret: 'an-app-secret' },
      base_url: base,
    }),
    success: json({
      messaging_product: 'whatsapp',
      id: '106540352242922', // what the check asks for
      contacts: [{ input: '+16505551234', wa_id: '16505551234' }],
      messages: [{ id: 'wamid.HBgLMTY1MDM4Nzk0MzkVAgARGBJCOTY3NDc0NDFDRUI3NTA0Q0UA' }],
    }),
    secrets: [token],
  }),
  ...channelIds.map(sandbox),
]

/** Nothing can go wrong where nobody is called. */
function sandbox(channel: ChannelId): Harness {
  return {
    key: `${channel}:sandbox`,
    name: `sandbox for ${channel}`,
    cases: ['success'],
    arrange: async () => ({}),
    expected: () => 'accepted',
    secrets: [],
  }
}

export function keyOf({ channel, id }: Provider) {
  return `${channel}:${id}`
}

const text = { title: 'Opened', text: 'Ada opened your mail', data: { lead: 'Ada' } }
const email = {
  from: { address: 'hello@example.com' },
  subject: 'Hello',
  html: '<p>Hello</p>',
  text: 'Hello',
  messageId: '<1@example.com>',
  headers: {},
  attachments: [],
}

export function messageFor(channel: ChannelId): Outbound<ChannelId> {
  const content = channel === 'email' ? email : text
  return { id: uuid7(), to: channel === 'email' ? 'ada@example.com' : '', content }
}
