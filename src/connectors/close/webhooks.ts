/** Close's webhooks: https://developer.close.com/topics/webhooks. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { Rejected, Retryable } from '../../errors.ts'
import type { RawRequest } from '../../lib/http.ts'
import type { CallbackKeys, Records, Subscription, Verdict } from '../connector.ts'
import { type Context, call, type Settings } from './api.ts'
import { Event, readEmail, recordsOfEvent } from './events.ts'

const OLDEST_S = 4 * 24 * 3_600 // Close tries for 72 hours; whether it signs anew each time is not said
const AHEAD_S = 300

const Delivery = z.object({ event: Event })
const wanted = (['created', 'sent', 'updated'] as const).map((action) => ({
  object_type: 'activity.email',
  action,
}))

/** Hex HMAC-SHA256 over timestamp and body, without anything between them. */
export function verify(request: RawRequest, keys: CallbackKeys<Settings>): Verdict {
  const known = [keys.settings.webhook_signature_key, keys.subscriptionKey].filter(
    (key) => typeof key === 'string',
  )
  if (known.length === 0) return 'unsigned'
  const { 'close-sig-hash': hash = '', 'close-sig-timestamp': at = '' } = request.headers
  const age = +keys.now / 1_000 - Number(at)
  if (!/^\d{1,12}$/.test(at) || age > OLDEST_S || age < -AHEAD_S) return 'forged'
  const fits = known.some((key) => isSigned(key, `${at}${request.rawBody}`, hash))
  return fits ? 'signed' : 'forged'
}

function isSigned(key: string, text: string, hash: string): boolean {
  const expected = createHmac('sha256', Buffer.from(key, 'hex')).update(text).digest()
  const given = Buffer.from(hash, 'hex')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** What nobody signed is not believed: it only names an email that is asked for. */
export async function handle(
  { rawBody }: RawRequest,
  verdict: 'signed' | 'unsigned',
  ctx: Context,
): Promise<Records> {
  const { event } = Delivery.parse(JSON.parse(rawBody))
  if (event.object_type !== 'activity.email' || event.action === 'deleted') return []
  return verdict === 'signed' ? recordsOfEvent(event, ctx) : readEmail(event.object_id, ctx)
}

const Existing = z.object({
  id: z.string(),
  url: z.string(),
  status: z.string().nullish(),
  signature_key: z.string().nullish(),
  events: z
    .array(z.object({ object_type: z.string(), action: z.string() }))
    .nullish()
    .catch(null),
})
type Existing = z.infer<typeof Existing>

/** One per URL: Close allows 40 in an organisation. */
export async function subscribe(ctx: Context, url: string): Promise<Subscription> {
  const found = await findByUrl(ctx, url)
  if (!found) {
    const json = { url, events: wanted, verify_ssl: true }
    const made = await change(ctx, '/webhook/', { method: 'POST', json })
    return { id: made.id, signatureKey: made.signature_key ?? null, did: 'created' }
  }
  const complete = wanted.every(({ object_type, action }) =>
    found.events?.some((each) => each.object_type === object_type && each.action === action),
  )
  const paused = found.status === 'paused'
  if (complete && !paused)
    return { id: found.id, signatureKey: found.signature_key ?? null, did: 'kept' }
  const json = { status: 'active', ...(complete ? {} : { events: wanted }) }
  const changed = await change(ctx, `/webhook/${found.id}/`, { method: 'PUT', json })
  const key = changed.signature_key ?? found.signature_key ?? null
  return { id: found.id, signatureKey: key, did: paused ? 'reactivated' : 'kept' }
}

async function change(
  ctx: Context,
  path: string,
  given: { method: 'POST' | 'PUT'; json: unknown },
): Promise<Existing> {
  const answer = Existing.safeParse(await call(ctx, path, given))
  if (!answer.success) throw new Retryable("Close's answer is no webhook subscription.")
  return answer.data
}

async function findByUrl(ctx: Context, url: string): Promise<Existing | undefined> {
  const Listed = z.object({ data: z.array(z.unknown()), has_more: z.boolean().optional() })
  const all: Existing[] = []
  for (let skip = 0; ; ) {
    const query: Record<string, string> = skip === 0 ? {} : { _skip: String(skip) }
    const page = Listed.safeParse(await call(ctx, '/webhook/', { query }))
    if (!page.success) throw new Rejected('content', "Close's list of webhooks cannot be read.")
    all.push(...page.data.data.flatMap((each) => Existing.safeParse(each).data ?? []))
    skip += page.data.data.length
    if (!page.data.has_more || page.data.data.length === 0) break
  }
  const own = all.filter((each) => each.url === url)
  return own.find((each) => each.status !== 'paused') ?? own[0]
}
