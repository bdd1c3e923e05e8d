/**
 * Calls of monday's GraphQL API: https://developer.monday.com/api-reference/docs. Errors of the
 * application come with status 200; errors of limits name the seconds to wait.
 */
import { z } from 'zod'
import { Misconfigured, Rejected, Retryable } from '../../errors.ts'
import type { Http, HttpResponse } from '../../lib/http.ts'
import { errorForReply, excerpt, retryAfterSeconds } from '../../lib/reply.ts'
import { optionalSecret, secret } from '../../lib/secret.ts'
import type { ConnectorContext } from '../connector.ts'
import { mapping } from '../mapping.ts'

const columnId = z
  .string()
  .regex(/^\w{1,100}$/, 'not the id of a column')
  .optional()

export const settings = z.object({
  api_token: secret('API token').meta({
    description: 'monday.com: your picture, Developers, My access tokens.',
  }),
  board_id: z
    .string()
    .regex(/^\d{1,20}$/, 'not the number of a board, as its address has it')
    .meta({ title: 'Board' }),
  phone_column_id: columnId.meta({
    title: 'Column of the phone number',
    description: 'Default: the column of the type Phone, else the one named so.',
  }),
  name_column_id: columnId.meta({
    title: 'Column of the name',
    description: 'Default: the name of the item.',
  }),
  status_column_id: columnId.meta({
    title: 'Column of the status',
    description: 'Default: the status column that holds our labels, else the only one.',
  }),
  import_contacts: z.boolean().default(false).meta({
    title: 'Bring all items of the board as contacts, once a day',
    description: 'Without it, only items that are new.',
  }),
  contact_fields: mapping({
    title: 'Fields of contacts',
    description: 'A column of the board by its id, and what it becomes here.',
    fields: [
      { id: 'name', title: 'Name' },
      { id: 'phone', title: 'Phone' },
      { id: 'group', title: 'Group' },
    ],
    initial: [
      { from: 'name', to: 'name', rule: 'theirs' },
      { from: 'phone', to: 'phone', rule: 'theirs' },
    ],
  }),
  default_country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'not a country, such as IL')
    .default('IL')
    .meta({ title: 'Country of phone numbers without a country code' }),
  status_new: z.string().min(1).default('לייד חדש').meta({ title: 'Status of a new lead' }),
  own_statuses: z
    .array(z.string().min(1))
    .default(['נשלחה הודעה', 'אין מענה 1', 'נקבעה שיחת מכירה'])
    .meta({ title: 'Statuses that we set', description: 'Any other is the work of a person.' }),
  max_age_hours: z
    .number()
    .positive()
    .max(24 * 30)
    .default(24)
    .meta({ title: 'Hours for which an item counts as new' }),
  signing_secret: optionalSecret("Signing secret of the app, where an app's webhooks are used"),
  webhook_secret: optionalSecret('Secret in the address of the webhook').meta({
    description: 'When set, only webhooks whose address ends in ?secret=… are taken.',
  }),
  base_url: z
    .url({ protocol: /^https?$/ })
    .default('https://api.monday.com/v2')
    .meta({ title: 'API base URL', description: 'Only for a proxy.' }),
})
export type Settings = z.infer<typeof settings>
export type Context = ConnectorContext<Settings>

const API_VERSION = '2026-01'
const LOCKED = 423 // somebody else is writing into the board
const DEFAULT_WAIT_S = 30 // after an error of limits that does not say for how long

export const headers = ({ api_token: token }: Settings) => ({
  authorization: token, // without a scheme
  'api-version': API_VERSION,
})

const Problem = z.object({
  message: z.string().catch(''),
  extensions: z
    .object({
      code: z.string().nullish().catch(null),
      status_code: z.number().nullish().catch(null),
      retry_in_seconds: z.number().nullish().catch(null),
    })
    .nullish()
    .catch(null),
})
const Answer = z.object({
  data: z.unknown().optional(),
  errors: z.array(Problem).nullish().catch(null),
  error_code: z.string().nullish().catch(null),
  error_message: z.string().nullish().catch(null),
})
type Answer = z.infer<typeof Answer>

/** Everything here may be asked twice. Throws Retryable, Unanswered, Rejected or Misconfigured. */
export async function call<T>(
  { settings: { base_url: url, api_token: token }, http }: { settings: Settings; http: Http },
  query: string,
  variables: Readonly<Record<string, unknown>>,
  shape: z.ZodType<T>,
): Promise<T> {
  const reply = await http.send({ method: 'POST', url, json: { query, variables } })
  const answer = Answer.safeParse(reply.body).data
  const words = excerpt(reply.text, token)
  const fault = answer && faultOf(answer, reply, words)
  if (fault) throw fault
  if (reply.status === 401) throw refused()
  if (reply.status >= 300)
    throw errorForReply(reply, `monday answered ${reply.status}: ${words}`, { idempotent: true })
  const data = shape.safeParse(answer?.data)
  if (!data.success) throw new Retryable(`monday's answer cannot be read: ${words}`)
  return data.data
}

const refused = () =>
  new Misconfigured('monday refuses the API token. Check MONDAY_API_KEY, or make a new token.')

const LIMITS = /complexity|limit|concurren|too.?many/i
const REFUSED = /unauthenticated|notauthenticated|invalid.?token/i
const NO_RIGHT = /unauthorized|access_?denied|missingrequiredpermissions/i
const PASSING = /internal|timeout|locked|temporarily/i

function faultOf(answer: Answer, reply: HttpResponse, words: string): Error | undefined {
  const [problem] = answer.errors ?? []
  const code = problem?.extensions?.code ?? answer.error_code ?? null
  const message = problem?.message ?? answer.error_message ?? null
  if (code === null && message === null) return undefined
  const status = problem?.extensions?.status_code ?? reply.status
  const text = `monday: ${message || words} (${code ?? status})`.slice(0, 1_000)
  const wait = problem?.extensions?.retry_in_seconds ?? retryAfterSeconds(reply)
  if (status === 429 || LIMITS.test(code ?? ''))
    return new Retryable(text, { after: wait ?? DEFAULT_WAIT_S, code: '429' })
  if (status === 401 || REFUSED.test(code ?? '')) return refused()
  if (status === 403 || NO_RIGHT.test(code ?? '')) return new Misconfigured(text)
  if (status >= 500 || status === LOCKED || PASSING.test(code ?? ''))
    return new Retryable(text, { ...(wait === undefined ? {} : { after: wait }) })
  return new Rejected('content', text, code ?? undefined)
}
