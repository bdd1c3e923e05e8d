/**
 * monday's webhooks: https://developer.monday.com/api-reference/reference/webhooks. Those of an app are
 * signed by a JWT; those of a personal token are not signed at all.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import type { RawRequest } from '../../lib/http.ts'
import type { CallbackKeys, Records, Subscription, Verdict } from '../connector.ts'
import { type Context, call, type Settings } from './api.ts'
import { readBoard } from './board.ts'
import { columnsOf, createdRecords, readItem, statusOf, statusRecords } from './item.ts'

const HOURS = 24 // for which we remember who we are

const Challenge = z.object({ challenge: z.string().max(1_000) })
const id = z.union([z.number(), z.string()]).transform(String)
/** What a status column was changed to, or from; null of other columns. */
const Status = z
  .object({ label: z.object({ text: z.string().nullish() }).nullish().catch(null) })
  .nullish()
  .catch(null)
const Delivery = z.object({
  event: z.object({
    type: z.string(),
    boardId: id,
    pulseId: id.nullish(),
    itemId: id.nullish(),
    columnId: z.string().nullish(),
    userId: id.nullish(),
    value: Status,
    previousValue: Status,
  }),
})
type Told = z.infer<typeof Delivery>['event']

/** The handshake: what was sent comes back. */
export function answer({ rawBody }: RawRequest): unknown {
  if (!rawBody.includes('challenge')) return undefined
  try {
    return Challenge.safeParse(JSON.parse(rawBody)).data
  } catch {
    return undefined
  }
}

export function verify(request: RawRequest, { settings, now }: CallbackKeys<Settings>): Verdict {
  const { webhook_secret: secret, signing_secret: signing } = settings
  if (secret !== undefined) {
    const given = new URL(request.url).searchParams.get('secret') ?? ''
    return isSame(given, secret) ? 'signed' : 'forged'
  }
  const token = request.headers['authorization']
  if (signing === undefined || !token) return 'unsigned'
  return isSigned(token.replace(/^Bearer +/i, ''), { signing, url: request.url, now })
    ? 'signed'
    : 'forged'
}

function isSame(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)]
  return one.length === other.length && timingSafeEqual(one, other)
}

const Header = z.object({ alg: z.literal('HS256') })
const Claims = z.object({ exp: z.number(), aud: z.string().optional() })

/** A JWT by HS256 (RFC 7519), for our address and not expired. */
function isSigned(
  token: string,
  { signing, url, now }: { signing: string; url: string; now: Date },
): boolean {
  const [head, body, signature, ...rest] = token.split('.')
  if (!head || !body || !signature || rest.length > 0) return false
  const expected = createHmac('sha256', signing).update(`${head}.${body}`).digest('base64url')
  if (!isSame(signature, expected)) return false
  const claims = Claims.safeParse(json(body)).data
  if (!Header.safeParse(json(head)).success || !claims) return false
  const [path] = url.split('?')
  return (
    claims.exp * 1_000 > +now && (claims.aud === undefined || claims.aud.split('?')[0] === path)
  )
}

function json(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString())
  } catch {
    return undefined
  }
}

export async function handle(
  { rawBody }: RawRequest,
  verdict: 'signed' | 'unsigned',
  ctx: Context,
): Promise<Records> {
  const { event } = Delivery.parse(JSON.parse(rawBody))
  const itemId = event.pulseId ?? event.itemId
  if (event.boardId !== ctx.settings.board_id || !itemId) return []
  const { columnId } = event
  // Calls are counted by the day, and people change all sorts of columns.
  if (columnId && !(await columnsOf(ctx)).includes(columnId)) return []
  const item = await readItem(itemId, ctx)
  if (!item) return []
  const created = await createdRecords(item, ctx)
  const { status } = await readBoard(ctx)
  if (event.type === 'create_pulse' || event.type === 'create_item') return created
  if (columnId !== status?.id) return created // the number may have come only now
  const label = await statusOf(item, ctx)
  const { own_statuses: own, status_new: fresh } = ctx.settings
  if (label === '' || label === fresh) {
    // Nobody is at it yet, unless somebody took our status away.
    const before = verdict === 'signed' ? event.previousValue?.label?.text : null
    return before && own.includes(before) ? statusRecords(item, 'human', ctx) : created
  }
  const isByUs = own.includes(label) && !(await isByStranger(event, verdict, label, ctx))
  return statusRecords(item, isByUs ? 'us' : 'human', ctx)
}

/**
 * A webhook that can be believed names somebody else, and tells of the very label that is there now:
 * one of an earlier change may come when we have long set another.
 */
async function isByStranger(
  { userId, value }: Told,
  verdict: 'signed' | 'unsigned',
  label: string,
  ctx: Context,
): Promise<boolean> {
  if (verdict !== 'signed' || !userId || value?.label?.text !== label) return false
  return userId !== (await whoWeAre(ctx))
}

const Me = z.object({ me: z.object({ id: z.string(), name: z.string() }).nullable() })
const ME = 'query { me { id name } }'

export const readMe = async (ctx: Context) => (await call(ctx, ME, {}, Me)).me

async function whoWeAre(ctx: Context): Promise<string> {
  const known = ctx.memory.get('me')
  if (known !== undefined) return known
  const me = (await readMe(ctx))?.id ?? ''
  ctx.memory.set('me', me, HOURS)
  return me
}

const LIST = 'query ($board: ID!) { webhooks(board_id: $board) { id event } }'
const Listed = z.object({ webhooks: z.array(z.object({ id: z.string() }).nullable()).nullable() })
const CREATE =
  'mutation ($board: ID!, $url: String!, $event: WebhookEventType!) { create_webhook(board_id: $board, url: $url, event: $event) { id } }'
const Created = z.object({ create_webhook: z.object({ id: z.string() }) })
const EVENTS = ['create_item', 'change_column_value'] as const

/** monday tells no addresses of webhooks, so those that we made are known by their ids. */
export async function subscribe(
  ctx: Context,
  url: string,
  known: string | null,
): Promise<Subscription> {
  const board = ctx.settings.board_id
  const there = (await call(ctx, LIST, { board }, Listed)).webhooks ?? []
  const ids = known?.split(' ') ?? []
  const kept = ids.every((each) => there.some((webhook) => webhook?.id === each))
  if (known !== null && kept && ids.length === EVENTS.length)
    return { id: known, signatureKey: null, did: 'kept' }
  const made: string[] = []
  const { webhook_secret: secret } = ctx.settings
  const address = secret ? `${url}?secret=${encodeURIComponent(secret)}` : url
  for (const event of EVENTS) {
    const answer = await call(ctx, CREATE, { board, url: address, event }, Created)
    made.push(answer.create_webhook.id)
  }
  return { id: made.join(' '), signatureKey: null, did: 'created' }
}
