/**
 * An HTTP server that misbehaves on request, in a process of its own: started by
 * startFaultServer.ts, which also says what each scenario means.
 *
 * The first segment of a request's path names its scenario. Every scenario reads the whole
 * request before it does its worst, so that "after the request was written" is certain.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import type { Behaviour, Control, Received } from './startFaultServer.ts'

const behaviours = new Map<string, Behaviour>()
const received = new Map<string, Received[]>()

const server = createServer(async (request, response) => {
  const name = (request.url ?? '').split(/[/?]/)[1] ?? ''
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const { method = '', url = '' } = request
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([k, v]) => [k, String(v)]),
  )
  const body = Buffer.concat(chunks).toString()
  received.set(name, [...(received.get(name) ?? []), { method, url, headers, body }])
  behave(behaviours.get(name) ?? { do: 'reply', status: 500 }, request, response)
})

function behave(behaviour: Behaviour, request: IncomingMessage, response: ServerResponse) {
  const { socket } = request
  switch (behaviour.do) {
    case 'reply':
      response.writeHead(behaviour.status, behaviour.headers).end(behaviour.body)
      return
    case 'gzip':
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'application/json' })
      response.end(gzipSync(behaviour.body))
      return
    case 'echo':
      response.writeHead(behaviour.status).end(JSON.stringify([request.url, request.headers]))
      return
    case 'hang':
      return
    case 'cut':
      socket.resetAndDestroy()
      return
    case 'half':
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{"id":')
      return
    case 'garbage':
      socket.end('SSH-2.0-OpenSSH_9.6\r\n')
      return
    case 'drip':
      response.writeHead(200, { 'content-length': '1000000' })
      drip(response)
      return
    case 'endless':
      response.writeHead(200, { 'content-type': 'application/json' })
      pour(response, behaviour.bytes)
  }
}

/** A byte every now and then: each is in time, the whole never is. */
function drip(response: ServerResponse) {
  const timer = setInterval(() => response.write(' '), 20)
  response.on('close', () => clearInterval(timer))
}

function pour(response: ServerResponse, bytes: number) {
  const chunk = Buffer.alloc(65_536, ' ')
  let left = bytes
  const more = () => {
    while (left > 0 && !response.destroyed) {
      left -= chunk.length
      if (!response.write(chunk)) return void response.once('drain', more)
    }
    response.end()
  }
  more()
}

process.on('message', (control: Control) => {
  if (control.do === 'define') {
    behaviours.set(control.name, control.behaviour)
    received.delete(control.name)
  }
  process.send?.({ n: control.n, received: received.get(control.name) ?? [] })
})
process.on('disconnect', () => process.exit())

server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address && typeof address === 'object') process.send?.({ port: address.port })
})
