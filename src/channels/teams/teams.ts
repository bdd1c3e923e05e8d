/**
 * Microsoft Teams by a Workflows URL ("When a Teams webhook request is received").
 * The older Office 365 connectors are retired; their MessageCards are not spoken here.
 *
 *   https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
 *
 * The URL holds a signature and is the only secret. A workflow keeps no idempotency key.
 */
import { z } from 'zod'
import { errorForStatus, Misconfigured, Rejected, Unanswered } from '../../errors.ts'
import type { HttpResponse } from '../../lib/http.ts'
import { errorForReply, excerpt, truncate } from '../../lib/reply.ts'
import type { TextContent } from '../channel.ts'
import { defineProvider } from '../provider.ts'

const settings = z.object({
  webhook_url: z.url({ protocol: /^https?$/ }).meta({
    title: 'Workflow URL',
    description: 'Channel, Workflows, "Post to a channel when a webhook request is received".',
    secret: true,
  }),
})
type Settings = z.infer<typeof settings>

const MAX_BYTES = 28_000 // the whole request; known from the connectors
const MAX_TITLE = 1_000

export const teams = defineProvider({
  id: 'teams',
  channel: 'teams',
  name: 'Microsoft Teams',
  settings,
  limits: { perSecond: 4, concurrency: 4 },
  delivery: {
    idempotency: 'none',
    correlate: 'none',
    ambiguousOn: ['no answer', 'a web page for an answer', '5xx without a JSON body'],
  },

  /** A workflow does nothing but post, so only the shape of the URL is looked at; nothing is called. */
  async check({ settings }) {
    const { hostname, searchParams } = new URL(settings.webhook_url)
    if (/\.webhook\.office\.com$|^outlook\.office\.com$/.test(hostname)) {
      throw new Misconfigured(
        'This is an Office 365 connector; Microsoft has retired them. Make a workflow.',
      )
    }
    if (workflowHost.test(hostname) && !searchParams.has('sig')) {
      throw new Misconfigured('The URL is not whole: its signature (sig=…) is missing.')
    }
  },

  async send({ content }, { settings, http }) {
    const body = envelope(content)
    const headers = { 'content-type': 'application/json' }
    const reply = await http.send({ method: 'POST', url: settings.webhook_url, headers, body })
    const said = shown(reply, settings)
    const failure = failureOf(reply, said)
    if (failure) throw failure
    return { providerMessageId: null, reply: said || String(reply.status) }
  },
})

const workflowHost =
  /\.logic\.azure\.com$|\.api\.powerplatform\.com$|^api\.powerautomate\.com$|(^|\.)flow\.microsoft\.com$/

/** Workflows answer 202, mostly with nothing. Failures of Teams behind them can come in the text of a 200. */
function failureOf(reply: HttpResponse, said: string) {
  const text = `Teams answered ${reply.status} ${said}`.trim()
  if (reply.status < 200 || reply.status > 299) return errorForReply(reply, text)
  const inner = /HTTP error (\d{3})/i.exec(reply.text)
  if (inner) return errorForStatus(Number(inner[1]), text)
  // A sign-in page or a proxy's: nobody knows whether the workflow saw it.
  if (/^\s*<(!doctype|html)/i.test(reply.text)) return new Unanswered(text)
  return undefined
}

const card = z.looseObject({
  type: z.literal('AdaptiveCard'),
  version: z.string(),
  body: z.array(z.unknown()),
})

/** Title and text as an Adaptive Card; `data.card` is a card of the customer's own. */
function envelope({ title, text, data }: TextContent): string {
  if (data['card'] !== undefined) {
    const parsed = card.safeParse(data['card'])
    if (!parsed.success)
      throw new Rejected('content', `data.card: ${z.prettifyError(parsed.error)}`)
    const body = wrapped(parsed.data)
    if (Buffer.byteLength(body) <= MAX_BYTES) return body
    throw new Rejected('content', `data.card: more than ${MAX_BYTES} bytes.`)
  }
  if (!text.trim() && !title?.trim()) throw new Rejected('content', 'The message is empty.')
  const short = title ? truncate(title, MAX_TITLE) : null
  for (let max = text.length; ; max = Math.floor(max * 0.8)) {
    const body = wrapped(written(short, truncate(text, max)))
    if (Buffer.byteLength(body) <= MAX_BYTES) return body
  }
}

function written(title: string | null, text: string) {
  const heading = { type: 'TextBlock', size: 'Medium', weight: 'Bolder', text: title, wrap: true }
  const block = { type: 'TextBlock', text, wrap: true }
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [...(title ? [heading] : []), ...(text ? [block] : [])],
    msteams: { width: 'Full' },
  }
}

function wrapped(content: object) {
  const contentType = 'application/vnd.microsoft.card.adaptive'
  return JSON.stringify({
    type: 'message',
    attachments: [{ contentType, contentUrl: null, content }],
  })
}

function shown(reply: HttpResponse, { webhook_url }: Settings) {
  const { pathname, search, searchParams } = new URL(webhook_url)
  return excerpt(
    reply.text,
    webhook_url,
    search,
    pathname + search,
    searchParams.get('sig') ?? undefined,
  )
}
