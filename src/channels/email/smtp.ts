/**
 * Email by SMTP: any server, relay or vendor that speaks it (RFC 5321).
 *
 * The final 250 is acceptance by the next hop; bounces come back later as mail and
 * find their message by its Message-ID.
 */
import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import { z } from 'zod'
import { Misconfigured } from '../../errors.ts'
import { emailSyntax, normaliseEmail } from '../../lib/email.ts'
import { optionalSecret } from '../../lib/secret.ts'
import { isBlockedAddress } from '../../lib/ssrf.ts'
import { defineProvider } from '../provider.ts'
import { checkedAddress } from './headers.ts'
import { composeMime } from './mime.ts'
import { SmtpClient } from './smtpClient.ts'
import { pingSmtp } from './smtpPing.ts'
import { isLoopback, notPublic, type SmtpServer } from './smtpServer.ts'

const address = z.string().overwrite(normaliseEmail).refine(emailSyntax, 'Not an email address.')

export const smtpSettings = z.object({
  host: z
    .string()
    .regex(/^(?:[\w.-]+|\[[\da-f:.]+\]|[\da-f:.]+)$/i, 'A host name or address, without port.')
    .meta({ title: 'Server' }),
  port: z.int().min(1).max(65_535).default(587).meta({ title: 'Port' }),
  secure: z.boolean().default(false).meta({ title: 'Implicit TLS (usually port 465)' }),
  require_tls: z
    .boolean()
    .optional()
    .meta({ title: 'Never send without TLS (default, except to this machine)' }),
  allow_invalid_certificate: z.boolean().default(false).meta({ title: 'Accept any certificate' }),
  user: z.string().min(1).optional().meta({ title: 'User' }),
  password: optionalSecret('Password'),
  from_email: address.meta({ title: 'From address' }),
  from_name: z.string().max(200).optional().meta({ title: 'From name' }),
  bounce_address: address.optional().meta({ title: 'Bounces go to (default the From address)' }),
  dkim_selector: z
    .string()
    .regex(/^[a-z\d](?:[\w.-]{0,61}[a-z\d])?$/i, 'The part before ._domainkey, such as s1.')
    .optional()
    .meta({
      title: 'Name of the DKIM key (selector)',
      description: 'As the mail server’s owner shows it, to look for its record.',
    }),
  connections: z.int().min(1).max(100).default(10).meta({ title: 'Connections at once' }),
  messages_per_connection: z
    .int()
    .min(1)
    .max(100_000)
    .default(500)
    .meta({ title: 'Messages per connection' }),
  ehlo_name: z
    .string()
    .regex(/^(?:[a-z\d.-]{1,255}|\[[\da-z:.]{1,64}\])$/i, 'A host name or address literal.')
    .optional()
    .meta({ title: 'Name we introduce ourselves by' }),
})

export type SmtpSettings = z.infer<typeof smtpSettings>

export const smtp = defineProvider({
  id: 'smtp',
  channel: 'email',
  name: 'SMTP',
  settings: smtpSettings,
  // The body that is answered next and the one behind it, on every connection; the server sets the real rate.
  limits: { concurrency: 200, concurrencyOf: ({ connections }) => connections * 2 },
  delivery: {
    idempotency: 'none',
    correlate: 'rfc_message_id',
    ambiguousOn: [
      'connection lost after the final dot was written and before its reply',
      'no reply to the final dot in time',
    ],
  },

  sendingDomain: ({ from_email: mailbox, host, dkim_selector: selector }: SmtpSettings) => ({
    ...{ mailbox, host, selector, domain: domainOf(mailbox) },
  }),

  open(settings: SmtpSettings, network) {
    return new SmtpClient({
      ...serverOf(settings, network?.guarded),
      connections: settings.connections,
      messagesPerConnection: settings.messages_per_connection,
    })
  },

  async close(client: SmtpClient) {
    await client.close()
  },

  async check({ settings, guarded }) {
    await pingSmtp(serverOf(settings, guarded))
  },

  async send({ to, content }, { settings, connection }) {
    const mime = composeMime(content, { date: new Date(), to })
    const { reply } = await connection.deliver({
      from: settings.bounce_address ?? checkedAddress('From', content.from.address, 'content'),
      to: checkedAddress('To', to, 'invalid_address'),
      mime,
    })
    return { providerMessageId: null, reply }
  },
})

const domainOf = (address: string) => domainToASCII(address.slice(address.lastIndexOf('@') + 1))

function serverOf(settings: SmtpSettings, guarded = false): SmtpServer {
  if (guarded && isIP(settings.host) && isBlockedAddress(settings.host)) {
    throw new Misconfigured(notPublic(settings.host))
  }
  return {
    publicOnly: guarded,
    host: settings.host,
    port: settings.port,
    secure: settings.secure,
    requireTls: settings.require_tls ?? !isLoopback(settings.host),
    allowInvalidCertificate: settings.allow_invalid_certificate,
    user: settings.user,
    password: settings.password,
    ehloName: settings.ehlo_name,
  }
}
