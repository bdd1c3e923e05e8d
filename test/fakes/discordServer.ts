/**
 * Discord's webhooks as far as we use them, in a process of its own: started by startDiscord.ts.
 * Bodies are held against Discord's own OpenAPI where that is at hand.
 */
import { createServer, type ServerResponse } from 'node:http'
import { openApiComplaints } from './openApi.ts'
import type { DiscordControl, DiscordState } from './startDiscord.ts'

const state: DiscordState = {
  ...{ messages: [], edits: [], faults: [], complaints: [], requests: 0, limited: 0 },
  ...{ gone: false, bucket: { requests: 5, perMs: 2_000 } },
}
const WEBHOOK = /^\/api\/v10\/webhooks\/(\d+)\/([\w-]+)(?:\/messages\/(\d+))?$/
let lastId = 1_180_000_000_000_000_000n
let asked: number[] = [] // when, monotonic milliseconds

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString()
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://discord')
  const method = request.method ?? 'GET'
  state.requests++
  const fault = state.faults[0]
  if (fault) {
    if (--fault.times <= 0) state.faults.shift()
    // `swallow` takes the message and loses the answer.
    if (fault.status === 0) {
      if (fault.swallow) keep(JSON.parse(text))
      return void request.socket.resetAndDestroy()
    }
    return answer(response, fault.status, fault.body ?? { code: 0, message: 'a fault' })
  }
  const [, id, , messageId] = WEBHOOK.exec(pathname) ?? []
  if (!id || state.gone) return answer(response, 404, { code: 10015, message: 'Unknown Webhook' })
  const wait = waitMs()
  if (wait > 0) return limited(response, wait)
  if (method === 'GET') return answer(response, 200, { id, type: 1, name: 'Alerts' })
  const json = JSON.parse(text)
  const tooLong = overLimits(json)
  if (tooLong) {
    state.complaints.push(tooLong)
    return answer(response, 400, { code: 50035, message: 'Invalid Form Body' })
  }
  const path = pathname.replace('/api/v10', '')
  state.complaints.push(
    ...openApiComplaints('discord/discord-openapi.json', { method, path, json }),
  )
  if (method === 'POST') {
    const made = keep(json)
    return searchParams.get('wait') === 'true'
      ? answer(response, 200, { id: made.id })
      : answer(response, 204)
  }
  const message = state.messages.find((each) => each.id === messageId)
  if (!message) return answer(response, 404, { code: 10008, message: 'Unknown Message' })
  message.body = json
  state.edits.push({ id: message.id, body: json })
  answer(response, 200, { id: message.id })
})

function keep(body: unknown) {
  const made = { id: String(++lastId), body, at: Date.now() }
  state.messages.push(made)
  return made
}

/** How long until this webhook may be asked again; 0 takes a place in its bucket. */
function waitMs(): number {
  const now = performance.now()
  const { requests, perMs } = state.bucket
  asked = asked.filter((at) => at > now - perMs)
  if (asked.length >= requests) return asked[0]! + perMs - now
  asked.push(now)
  return 0
}

function limited(response: ServerResponse, ms: number) {
  state.limited++
  answer(response, 429, {
    ...{ message: 'You are being rate limited.', retry_after: ms / 1_000, global: false },
  })
}

interface Embed {
  readonly title?: string
  readonly description?: string
}

/** https://discord.com/developers/docs/resources/message#embed-object-embed-limits */
function overLimits({ content = '', embeds = [] }: { content?: string; embeds?: Embed[] }) {
  const sizes = embeds.map(({ title = '', description = '' }) => [title.length, description.length])
  const all = sizes.flat().reduce((sum, size) => sum + size, 0)
  const each = sizes.some(([title = 0, description = 0]) => title > 256 || description > 4_096)
  if (content.length > 2_000 || embeds.length > 10 || each || all > 6_000) return 'too long'
  return content.trim() === '' && all === 0 ? 'an empty message' : null
}

function answer(response: ServerResponse, status: number, body?: unknown) {
  const { requests, perMs } = state.bucket
  response.writeHead(status, {
    'content-type': 'application/json',
    'x-ratelimit-limit': String(requests),
    'x-ratelimit-remaining': String(Math.max(0, requests - asked.length)),
    'x-ratelimit-reset-after': String(perMs / 1_000),
  })
  response.end(body === undefined ? undefined : JSON.stringify(body))
}

process.on('message', (control: DiscordControl) => {
  if (control.do === 'set') Object.assign(state, control.state)
  process.send?.({ n: control.n, state })
})
process.on('disconnect', () => process.exit())

server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address && typeof address === 'object') process.send?.({ port: address.port })
})
