/**
 * What Meta calls us about: statuses of our messages, messages to us, and what somebody of ours wrote
 * with the WhatsApp Business app on the same number; up to a thousand in one request, in any order and
 * more than once.
 *
 * People with a user name may have no number for us: `wa_id`, `from` and `recipient_id` are absent
 * then, and a business-scoped user id stands in their place.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import type { RawRequest } from '../../lib/http.ts'
import type { Inbound, Receipt } from '../provider.ts'
import { isOptOut, restAfter, WINDOW_CLOSED } from './metaErrors.ts'

interface Keys {
  readonly phone_number_id: string
  readonly app_secret?: string | undefined
  readonly verify_token?: string | undefined
}

const text = z.string().nullish().catch(null)
const seconds = z.coerce.number().int().positive()
const worded = z.object({ body: text, caption: text, text: text, title: text, emoji: text })
const ErrorOf = z.object({
  code: z.coerce.number(),
  title: text,
  message: text,
  error_data: z.object({ details: text }).nullish().catch(null),
})

const Status = z.object({
  id: z.string().min(1),
  status: z.string(),
  timestamp: seconds,
  biz_opaque_callback_data: text,
  recipient_id: text,
  recipient_user_id: text,
  errors: z.array(ErrorOf).nullish().catch(null),
})

const Message = z.object({
  id: z.string().min(1),
  timestamp: seconds,
  type: z.string(),
  from: text,
  from_user_id: text,
  to: text,
  to_user_id: text,
  context: z.object({ id: text }).nullish().catch(null),
  text: worded.nullish().catch(null),
  button: worded.nullish().catch(null),
  reaction: worded.nullish().catch(null),
  system: worded.extend({ type: text, wa_id: text }).nullish().catch(null),
  image: worded.nullish().catch(null),
  video: worded.nullish().catch(null),
  document: worded.nullish().catch(null),
  interactive: z
    .object({ button_reply: worded.nullish(), list_reply: worded.nullish() })
    .nullish()
    .catch(null),
})
type Message = z.infer<typeof Message>

const Person = z.object({
  wa_id: text,
  user_id: text,
  profile: z.object({ name: text, username: text }).nullish().catch(null),
})
const Value = z.object({
  metadata: z.object({ phone_number_id: z.coerce.string() }),
  contacts: z.array(Person).catch([]).default([]),
  messages: z.array(z.unknown()).catch([]).default([]),
  statuses: z.array(z.unknown()).catch([]).default([]),
  message_echoes: z.array(z.unknown()).catch([]).default([]),
})
const Body = z.object({
  entry: z.array(
    z.object({ changes: z.array(z.object({ field: z.string(), value: z.unknown() })) }),
  ),
})

/** https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/smb_message_echoes */
const FIELDS: ReadonlySet<string> = new Set(['messages', 'smb_message_echoes'])

/** Throws what is wrong with it, for people. */
function read({ rawBody }: RawRequest): z.infer<typeof Value>[] {
  let body: unknown
  try {
    body = JSON.parse(rawBody)
  } catch {
    throw new Error('The body is not JSON.')
  }
  const parsed = Body.safeParse(body)
  if (!parsed.success) throw new Error("The body is not one of Meta's webhooks.")
  const changes = parsed.data.entry.flatMap((each) => each.changes)
  return changes.flatMap(({ field, value }) =>
    FIELDS.has(field) ? (Value.safeParse(value).data ?? []) : [],
  )
}

const own = (request: RawRequest, { phone_number_id }: Keys) =>
  read(request).filter(({ metadata }) => metadata.phone_number_id === phone_number_id)

/** Without a secret nothing can be checked. Meta signs the body as it was sent. */
export function isGenuine({ headers, rawBody }: RawRequest, keys: Keys): boolean {
  const { app_secret: key } = keys
  if (key === undefined) return keys.phone_number_id !== undefined // settings that cannot be opened are empty
  const given = /^sha256=([0-9a-f]{64})$/i.exec(headers['x-hub-signature-256'] ?? '')?.[1]
  if (given === undefined) return false
  const expected = createHmac('sha256', key).update(rawBody).digest()
  return timingSafeEqual(Buffer.from(given, 'hex'), expected)
}

/** Whether anything in it is about this number. False where it cannot be read. */
export function isFor(request: RawRequest, keys: Keys): boolean {
  try {
    return own(request, keys).length > 0
  } catch {
    return false
  }
}

/** What Meta sends are digits; nothing that a browser would read as more is said back. */
const CHALLENGE = /^[\w-]{1,200}$/

/** The challenge, when the verify token is ours; else null. */
export function handshake({ url }: RawRequest, { verify_token: token }: Keys): string | null {
  const query = new URL(url).searchParams
  if (query.get('hub.mode') !== 'subscribe' || token === undefined) return null
  const given = Buffer.from(query.get('hub.verify_token') ?? '')
  const expected = Buffer.from(token)
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null
  const challenge = query.get('hub.challenge') ?? ''
  return CHALLENGE.test(challenge) ? challenge : null
}

export function receiptsOf(request: RawRequest, keys: Keys): Receipt[] {
  const statuses = own(request, keys).flatMap((value) => value.statuses)
  return statuses.flatMap((each) => {
    const status = Status.safeParse(each).data
    return status ? receiptsOfStatus(status) : []
  })
}

const kindsOf: Readonly<Record<string, readonly Receipt['kind'][]>> = {
  sent: ['sent'],
  delivered: ['delivered'],
  read: ['delivered', 'opened'], // "delivered" is left out when it was read at once
  played: ['delivered', 'opened'],
}

function receiptsOfStatus(status: z.infer<typeof Status>): Receipt[] {
  const { id, biz_opaque_callback_data: ours, timestamp } = status
  const told = [e164(status.recipient_id), status.recipient_user_id]
  const about = {
    providerMessageId: id,
    ...(ours ? { messageId: ours } : {}),
    ...{ at: new Date(timestamp * 1_000), reached: told.filter((each) => each != null) },
  }
  if (status.status !== 'failed')
    return (kindsOf[status.status] ?? []).map((kind) => ({ ...about, kind }))
  const [error] = status.errors ?? []
  if (!error) return [{ ...about, kind: 'failed', detail: 'Meta gave no reason.' }]
  const { code, message, title, error_data: data } = error
  const words = [message ?? title, data?.details].filter(Boolean).join(' ')
  const rest = restAfter(code)
  const failed: Receipt = {
    ...{ ...about, kind: 'failed', detail: `${code}: ${words}`.slice(0, 1_000) },
    ...(code === WINDOW_CLOSED ? { windowClosed: true } : {}),
    ...(rest === null ? {} : { restSeconds: rest }),
  }
  return isOptOut(code) ? [failed, { ...about, kind: 'unsubscribed' }] : [failed]
}

export function inboundOf(request: RawRequest, keys: Keys): Inbound[] {
  return own(request, keys).flatMap(({ messages, contacts, message_echoes: echoes }) => [
    ...understood(messages).map((message) => ({
      ...inbound(message, contacts),
      ...(keys.app_secret === undefined ? {} : moveOf(message)),
    })),
    ...understood(echoes).flatMap(byHand),
  ])
}

const understood = (all: readonly unknown[]) =>
  all.flatMap((each) => Message.safeParse(each).data ?? [])

/** A thumb up is no conversation. */
function byHand(message: Message): Inbound[] {
  if (NOT_HUMAN[message.type]) return []
  const { id, type, timestamp, to } = message
  const about = { id, type, at: new Date(timestamp * 1_000), text: wordsOf(message) }
  const phone = e164(to?.replace(/^\+/, ''))
  return [
    {
      ...{ ...about, phone, userId: message.to_user_id ?? null, name: null },
      ...{ kind: 'by_hand', answers: null },
    },
  ]
}

const NOT_HUMAN: Readonly<Record<string, Inbound['kind']>> = {
  reaction: 'reaction',
  system: 'system',
  request_welcome: 'system', // they opened the chat for the first time
}

function inbound(message: Message, contacts: readonly z.infer<typeof Person>[]): Inbound {
  const { id, type, timestamp, context } = message
  const known = contacts.find(
    ({ wa_id, user_id }) =>
      (wa_id && wa_id === message.from) || (user_id && user_id === message.from_user_id),
  )
  const person = known ?? (contacts.length === 1 ? contacts[0] : undefined)
  return {
    ...{ id, type, at: new Date(timestamp * 1_000), text: wordsOf(message) },
    phone: e164(message.from ?? person?.wa_id),
    userId: message.from_user_id ?? person?.user_id ?? null,
    name: person?.profile?.name ?? person?.profile?.username ?? null,
    kind: NOT_HUMAN[type] ?? 'human',
    answers: context?.id ?? null,
  }
}

/** Believed only where signatures are checked: whoever could forge it would get what others are sent. */
function moveOf({ type, system }: Message): Pick<Inbound, 'movedTo'> {
  const movedTo = e164(system?.wa_id)
  const moved = type === 'system' && system?.type === 'user_changed_number' && movedTo !== null
  return moved ? { movedTo } : {}
}

const e164 = (waId: string | null | undefined) =>
  waId && /^\d{5,15}$/.test(waId) ? `+${waId}` : null

function wordsOf(message: Message): string {
  const { interactive, image, video, document: file } = message
  const said =
    message.text?.body ??
    message.button?.text ??
    interactive?.button_reply?.title ??
    interactive?.list_reply?.title ??
    message.reaction?.emoji ??
    message.system?.body
  return said ?? image?.caption ?? video?.caption ?? file?.caption ?? ''
}
