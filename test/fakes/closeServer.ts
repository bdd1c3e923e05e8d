/**
 * Close's API as far as we use it, in a process of its own: started by startClose.ts. Requests are
 * held against Close's own OpenAPI where that is at hand; what does not fit is kept as a complaint.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { openApiComplaints } from './openApi.ts'
import type { FakeControl, FakeEmail, FakeEvent, FakeState, FakeWebhook } from './startClose.ts'

const PAGE = 50 // events; Close's maximum
const HOUR_MS = 3_600_000

const state: FakeState = {
  now: Date.now(),
  key: 'api_test',
  admin: true,
  emails: {},
  leads: {},
  contacts: [],
  events: [],
  webhooks: [],
  faults: [],
  requests: [],
  complaints: [],
}

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const body = Buffer.concat(chunks).toString()
  const url = new URL(request.url ?? '/', 'http://close')
  const path = url.pathname.replace(/^\/api\/v1/, '')
  const method = request.method ?? 'GET'
  state.requests.push({ method, path, query: url.search, body })
  const at = state.faults.findIndex((fault) => path.startsWith(fault.path))
  if (at >= 0) return misbehave(at, request, response)
  if (request.headers.authorization !== `Basic ${Buffer.from(`${state.key}:`).toString('base64')}`)
    return answer(response, 401, { error: 'The API key is invalid.' })
  const json = body === '' ? undefined : JSON.parse(body)
  state.complaints.push(...openApiComplaints('close/close-openapi.yml', { method, path, json }))
  route(response, { method, path, query: url.searchParams, json })
})

interface Asked {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly json: Record<string, unknown> | undefined
}

function route(response: ServerResponse, asked: Asked) {
  const { method, path, query } = asked
  const [kind, id] = path.split('/').filter(Boolean)
  if (!path.endsWith('/')) return answer(response, 404, { error: 'Paths end with a slash.' })
  if (path === '/me/') return answer(response, 200, { id: 'user_1', first_name: 'Grace' })
  if (path === '/event/') return listEvents(response, query)
  if (path === '/contact/') return listContacts(response, query)
  if (kind === 'lead' && id) return found(response, state.leads[id] && lead(id))
  if (path.startsWith('/activity/email/'))
    return found(response, state.emails[path.split('/')[3] ?? ''])
  if (kind === 'webhook') return webhooks(response, method, id, asked.json)
  answer(response, 404, { error: 'There is no such path.' })
}

const lead = (id: string) => ({ id, display_name: state.leads[id], name: state.leads[id] })

/** In pages by `_skip`. */
function listContacts(response: ServerResponse, query: URLSearchParams) {
  const skip = Number(query.get('_skip') ?? 0)
  const limit = Math.min(Number(query.get('_limit') ?? 100), 100)
  const data = state.contacts.slice(skip, skip + limit)
  const more = skip + limit < state.contacts.length
  answer(response, 200, { data, has_more: more, total_results: state.contacts.length })
}

function found(response: ServerResponse, thing: unknown) {
  if (thing) answer(response, 200, thing)
  else answer(response, 404, { error: 'Not found.' })
}

/** Latest first; the filters that Close takes together; no `_skip`. */
function listEvents(response: ServerResponse, query: URLSearchParams) {
  const cursor = query.get('_cursor')
  if (query.has('_skip') || !query.has('object_type') || !query.has('action'))
    return answer(response, 400, { error: 'This combination of filters is not supported.' })
  if (cursor !== null && [...query.keys()].some((name) => name.startsWith('date_updated')))
    return answer(response, 400, { error: 'date_updated does not go with a cursor.' })
  const from = query.get('date_updated__gte') ?? ''
  const before = query.get('date_updated__lt') ?? '9'
  const all = state.events
    .filter((event) => event.object_type === query.get('object_type'))
    .filter((event) => event.action === query.get('action'))
    .filter((event) => cursor !== null || event.date_updated >= from)
    .filter((event) => cursor !== null || event.date_updated < before)
    .sort((a, b) => (a.date_updated < b.date_updated ? 1 : -1))
  const start = cursor === null ? 0 : all.findIndex((event) => event.id === cursor) + 1
  const limit = Math.min(Number(query.get('_limit') ?? PAGE), PAGE)
  const data = all.slice(start, start + limit)
  const more = start + limit < all.length
  answer(response, 200, {
    data: data.map(seen),
    cursor_next: more ? data.at(-1)?.id : null,
    cursor_previous: null,
  })
}

/** Others than admins see what changed for an hour. */
function seen(event: FakeEvent): FakeEvent {
  const old = state.now - Date.parse(`${event.date_updated}Z`) > HOUR_MS
  return state.admin || !old ? event : { ...event, data: null, previous_data: null }
}

function webhooks(
  response: ServerResponse,
  method: string,
  id: string | undefined,
  json: Asked['json'],
) {
  if (method === 'GET' && !id)
    return answer(response, 200, { data: state.webhooks, has_more: false })
  if (method === 'POST' && json) {
    const made: FakeWebhook = {
      id: `whsub_${state.webhooks.length + 1}`,
      url: String(json['url']),
      events: json['events'] as FakeWebhook['events'],
      status: 'active',
      signature_key: randomBytes(32).toString('hex'),
    }
    state.webhooks.push(made)
    return answer(response, 201, made)
  }
  const webhook = state.webhooks.find((each) => each.id === id)
  if (method === 'PUT' && webhook && json) Object.assign(webhook, json)
  found(response, webhook)
}

function misbehave(at: number, request: IncomingMessage, response: ServerResponse) {
  const fault = state.faults[at]!
  if (--fault.times <= 0) state.faults.splice(at, 1)
  if (fault.status === 0) return void request.socket.resetAndDestroy()
  response.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers })
  response.end(JSON.stringify({ error: 'a fault' }))
}

function answer(response: ServerResponse, status: number, body: unknown) {
  response.writeHead(status, {
    'content-type': 'application/json',
    ratelimit: 'limit=100, remaining=50, reset=5',
  })
  response.end(JSON.stringify(body))
}

/** As Close delivers: signed with the subscription's key. Answers the status that came back. */
async function deliver(event: FakeEvent, { key, url }: { key: string | null; url: string }) {
  const body = JSON.stringify({ event, subscription_id: 'whsub_1' })
  const at = String(Math.floor(state.now / 1_000))
  const hash =
    key &&
    createHmac('sha256', Buffer.from(key, 'hex'))
      .update(at + body)
      .digest('hex')
  const signature = hash ? { 'close-sig-hash': hash, 'close-sig-timestamp': at } : {}
  const reply = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...signature },
    body,
  })
  return reply.status
}

process.on('message', async (control: FakeControl) => {
  if (control.do === 'set') Object.assign(state, control.state)
  if (control.do === 'email') setEmail(control.email, control.event)
  const status =
    control.do === 'deliver' ? await deliver(control.event, control).catch(() => 0) : undefined
  process.send?.({ n: control.n, state, status })
})
process.on('disconnect', () => process.exit())

function setEmail(email: FakeEmail, event: FakeEvent): void {
  state.emails[email.id] = email
  state.events.push(event)
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address && typeof address === 'object') process.send?.({ port: address.port })
})
