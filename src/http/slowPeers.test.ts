import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type Socket } from 'node:net'
import { after, test } from 'node:test'
import { setTimeout as delay, setInterval as every } from 'node:timers/promises'
import { answerClientError } from './clientError.ts'
import { closeSlowPeers } from './slowPeers.ts'

const LARGE = Buffer.alloc(32 * 1024 * 1024, 'x') // more than the buffers of a connection hold
const server = createServer(async (request, response) => {
  slow.expect(request, response)
  if (request.url === '/large') return void response.end(LARGE)
  const whole = await request.toArray().catch(() => []) // cut off
  response.end(`${Buffer.concat(whole).length} bytes`)
})
server.on('clientError', answerClientError)
const slow = closeSlowPeers(server, { lookMs: 50 })
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const address = server.address()
const port = typeof address === 'object' ? (address?.port ?? 0) : 0
after(() => server.close())

function dial(text: string): Socket {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(text)
  return socket
}
const head = (bytes: number) => `POST / HTTP/1.1\r\nhost: a\r\ncontent-length: ${bytes}\r\n\r\n`

async function textOf(socket: Socket): Promise<string> {
  let text = ''
  for await (const chunk of socket) text += chunk
  return text
}

async function send(socket: Socket, part: string, times: number): Promise<void> {
  for await (const _ of every(20)) {
    if (times-- === 0 || socket.destroyed) return
    socket.write(part)
  }
}

test('a body that comes by drops is refused, one that moves is waited for', async () => {
  const dribbling = dial(head(1_000))
  const moving = dial(`${head(100 * 25)}`)
  const [refused] = await Promise.all([
    textOf(dribbling),
    send(dribbling, 'x', 1_000),
    send(moving, 'x'.repeat(100), 25), // 500 ms: twice what drops are given
  ])
  assert.match(refused, /^HTTP\/1\.1 408 /)
  moving.end()
  assert.match(await textOf(moving), /2500 bytes$/)
})

test('an answer that nobody fetches ends its connection', async () => {
  const stuck = dial('GET /large HTTP/1.1\r\nhost: a\r\n\r\n')
  stuck.pause()
  const [atServer] = await once(server, 'connection')
  await once(atServer, 'close')
  stuck.destroy()
})

test('a connection that is idle, or fetched slowly but steadily, stays', async () => {
  const idle = dial('')
  const slow = dial('GET /large HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n')
  let length = 0
  for await (const chunk of slow) {
    length += chunk.length
    if (length % (4 * 1024 * 1024) < chunk.length) await delay(30)
  }
  assert.ok(length > LARGE.length)
  assert.equal(idle.destroyed, false)
  idle.destroy()
})
