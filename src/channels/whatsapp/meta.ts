/**
 * WhatsApp by Meta's Cloud API.
 *
 *   send       https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages
 *   webhooks   https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks
 *
 * Who has not written to the number within 24 hours may only be sent an approved template. The
 * content says whether somebody has; where it is wrong Meta says so, and the template goes then.
 * A 200 means that Meta took it: whether it arrives is told by webhook.
 */
import { z } from 'zod'
import { Unanswered } from '../../errors.ts'
import { checking, excerpt } from '../../lib/reply.ts'
import { optionalSecret, secret } from '../../lib/secret.ts'
import { defineProvider, type Outbound, type ProviderContext } from '../provider.ts'
import { addressed, extrasOf, freeBody, type MetaBody, templateBody } from './metaBody.ts'
import { codeOf, errorFor, WINDOW_CLOSED } from './metaErrors.ts'
import { handshake, inboundOf, isFor, isGenuine, receiptsOf } from './metaWebhooks.ts'

const BASE_URL = 'https://graph.facebook.com'

const settings = z.object({
  token: secret('Access token of a system user').meta({
    description: 'With the permission whatsapp_business_messaging.',
  }),
  phone_number_id: z
    .string()
    .regex(/^\d{1,20}$/, 'not the id of a phone number, which is digits only')
    .meta({ title: 'Phone number id' }),
  app_secret: optionalSecret('App secret').meta({
    description: 'Proves that webhooks come from Meta. Without it they are not checked.',
  }),
  verify_token: optionalSecret('Verify token').meta({
    description: 'A word of your own; enter the same where the webhook is set up.',
  }),
  api_version: z
    .string()
    .regex(/^v\d{1,3}\.\d$/, 'not a version, such as v23.0')
    .default('v23.0')
    .meta({ title: 'Version of the Graph API' }),
  base_url: z
    .url({ protocol: /^https?$/ })
    .default(BASE_URL)
    .meta({ title: 'API base URL', description: 'Only for a proxy.' }),
})
export type MetaSettings = z.infer<typeof settings>

type Context = ProviderContext<MetaSettings>

export const whatsapp = defineProvider<'whatsapp', MetaSettings>({
  id: 'whatsapp',
  channel: 'whatsapp',
  name: 'WhatsApp (Meta Cloud API)',
  settings,
  // 80 a second and number; one per 6 seconds to one recipient, beyond which Meta answers 131056.
  limits: { perSecond: 80, concurrency: 40, perRecipientSeconds: 6, replyHours: 24 },
  baseUrl: { variable: 'META_BASE_URL', isOpen: ({ base_url }) => base_url === BASE_URL },
  delivery: {
    idempotency: 'none',
    correlate: 'provider_message_id',
    ambiguousOn: ['no answer', 'an answer in another form', '5xx without a JSON body'],
  },

  async check({ settings, http }) {
    await checking(async () => {
      const url = `${baseOf(settings)}?fields=display_phone_number,verified_name`
      const reply = await http.send({ method: 'GET', url, headers: signed(settings) })
      const number = z.object({ id: z.string() }).safeParse(reply.body)
      if (reply.status !== 200 || !number.success) throw errorFor(reply, settings.token)
    })
  },

  async send(message, context) {
    const extras = extrasOf(message.content)
    const template = templateBody(extras)
    if (template && message.content.windowOpen !== true)
      return accepted(await post(message, template, context), context)
    const reply = await post(message, freeBody(message.content, extras), context)
    if (template && codeOf(reply) === WINDOW_CLOSED)
      return accepted(await post(message, template, context), context)
    return accepted(reply, context)
  },

  callbacks: {
    verify: isGenuine,
    parse: receiptsOf,
    inbound: inboundOf,
    shared: {
      path: 'meta',
      forgedStatus: 403,
      isFor,
      isSigned: ({ app_secret: key }) => key !== undefined,
      answer: handshake,
    },
  },
})

const baseOf = ({ base_url, api_version, phone_number_id }: MetaSettings) =>
  `${base_url.replace(/\/$/, '')}/${api_version}/${phone_number_id}`

const signed = ({ token }: MetaSettings) => ({ authorization: `Bearer ${token}` })

function post({ id, to }: Outbound<'whatsapp'>, body: MetaBody, { settings, http }: Context) {
  return http.send({
    ...{ method: 'POST', url: `${baseOf(settings)}/messages`, headers: signed(settings) },
    json: addressed(to, id, body),
  })
}

const Sent = z.object({ messages: z.array(z.object({ id: z.string() })).min(1) })

function accepted(reply: Awaited<ReturnType<typeof post>>, { settings }: Context) {
  if (reply.status !== 200) throw errorFor(reply, settings.token)
  const sent = Sent.safeParse(reply.body).data
  const shown = excerpt(reply.text, settings.token)
  if (!sent && codeOf(reply) !== undefined) throw errorFor(reply, settings.token)
  if (!sent) throw new Unanswered(`Meta's answer is no message: ${shown}`)
  return { providerMessageId: sent.messages[0]?.id ?? null, reply: shown }
}
