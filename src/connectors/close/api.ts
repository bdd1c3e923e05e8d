/** Calls of Close's API: https://developer.close.com/api/overview. Every path ends with a slash. */
import { z } from 'zod'
import { Misconfigured, Retryable } from '../../errors.ts'
import type { Http, HttpRequest } from '../../lib/http.ts'
import { errorForReply, excerpt } from '../../lib/reply.ts'
import { optionalSecret, secret } from '../../lib/secret.ts'
import type { ConnectorContext } from '../connector.ts'
import { mapping } from '../mapping.ts'

export const settings = z.object({
  api_key: secret('API key').meta({
    description: 'Settings, API keys. Of an admin: others see what changed for an hour only.',
  }),
  webhook_signature_key: optionalSecret('Signature key of a webhook made by hand'),
  polling_enabled: z.boolean().default(true).meta({ title: 'Poll the event log' }),
  polling_interval_seconds: z.number().int().min(10).max(86_400).default(300).meta({
    title: 'Seconds between two polls',
  }),
  import_contacts: z.boolean().default(false).meta({
    title: 'Bring all contacts, once a day',
    description: 'Without it, only those who were sent an email.',
  }),
  contact_fields: mapping({
    title: 'Fields of contacts',
    description: 'What Close has, and what it becomes here. A custom field is named custom.cf_….',
    fields: [
      { id: 'name', title: 'Name' },
      { id: 'email', title: 'Email' },
      { id: 'phone', title: 'Phone' },
      { id: 'title', title: 'Job title' },
      { id: 'lead_id', title: 'Id of the lead' },
      { id: 'timezone', title: 'Time zone' },
    ],
    initial: [
      { from: 'name', to: 'name', rule: 'theirs' },
      { from: 'email', to: 'email', rule: 'theirs' },
      { from: 'phone', to: 'phone', rule: 'theirs' },
      { from: 'title', to: 'traits.title', rule: 'theirs' },
    ],
  }),
  base_url: z
    .url({ protocol: /^https?$/ })
    .default('https://api.close.com/api/v1')
    .meta({ title: 'API base URL', description: 'Only for a proxy.' }),
})
export type Settings = z.infer<typeof settings>
export type Context = ConnectorContext<Settings>

/** The key as user name, with an empty password (RFC 7617). */
export function authorization({ api_key }: Settings): string {
  return `Basic ${Buffer.from(`${api_key}:`).toString('base64')}`
}

type Call = Pick<HttpRequest, 'json'> & {
  readonly method?: HttpRequest['method']
  readonly query?: Readonly<Record<string, string>>
}

/** Answers the parsed body; null where Close says that there is no such thing. */
export async function call(
  { settings: { base_url, api_key }, http }: { settings: Settings; http: Http },
  path: string,
  { method = 'GET', query = {}, json }: Call = {},
): Promise<unknown> {
  const search = new URLSearchParams(query).toString()
  const url = `${base_url.replace(/\/$/, '')}${path}${search && `?${search}`}`
  const reply = await http.send({ method, url, ...(json === undefined ? {} : { json }) })
  const words = `Close answered ${reply.status}: ${excerpt(reply.text, api_key)}`
  if (reply.status === 404 && method === 'GET') return null
  if (reply.status === 401)
    throw new Misconfigured('Close refuses the API key. Check CLOSEIO_API_KEY, or make a new key.')
  if (reply.status >= 300) throw errorForReply(reply, words, { idempotent: true })
  if (typeof reply.body !== 'object' || reply.body === null)
    throw new Retryable(`Close's answer is not JSON: ${excerpt(reply.text, api_key)}`)
  return reply.body
}

/** Times of the event log have no offset and mean UTC; those inside of objects have one. */
export function timeOf(text: unknown): Date | null {
  if (typeof text !== 'string') return null
  const zoned = /(?:z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`
  const at = new Date(zoned)
  return Number.isNaN(+at) ? null : at
}
