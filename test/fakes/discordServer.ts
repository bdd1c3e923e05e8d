/**
 * Discord's webhooks as far as we use them, in a process of its own: started by startDiscord.ts.
 * Bodies are held against Discord's own OpenAPI where that is at hand.
 */
import { createServer, type ServerResponse } from 'node:http'
import { openApiComplaints } from './openApi.ts'
import type { DiscordControl, DiscordState } from './startDiscord.ts'

const state: DiscordState = { messages: [], edits: [], faults: [], complaints: [], requests: 0 }
const WEBHOOK = /^\/api\/v10\/webhooks\/(\d+)\/([\w-]+)(?:\/messages\/(\d+))?$/
let lastId = 1_180_000_000_000_000_000n

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
  if (!id) return answer(response, 404, { code: 10015, message: 'Unknown Webhook' })
  if (method === 'GET') return answer(response, 200, { id, type: 1, name: 'Alerts' })
  const json = JSON.parse(text)
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

function answer(response: ServerResponse, status: number, body?: unknown) {
  response.writeHead(status, {
    'content-type': 'application/json',
    'x-ratelimit-limit': '5',
    'x-ratelimit-remaining': '4',
    'x-ratelimit-reset-after': '1',
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
