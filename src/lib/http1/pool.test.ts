import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { Retryable, Unanswered } from '../../errors.ts'
import { type ClosableHttp, createHttp } from '../http.ts'

const NO_CONTENT = 'HTTP/1.1 204 No Content\r\n\r\n'

interface Peer {
  readonly url: string
  /** One for each connection that was made, in their order. */
  readonly sockets: Socket[]
}

/** A server that speaks for itself: `answer` is called with each request, which must come in one piece. */
async function peer(answer: (socket: Socket, request: string) => void): Promise<Peer> {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    socket.on('data', (piece) => answer(socket, piece.toString('latin1')))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  const port = address && typeof address === 'object' ? address.port : 0
  return { url: `http://127.0.0.1:${port}/`, sockets }
}

function client(options: { timeoutSeconds?: number } = {}): ClosableHttp {
  const http = createHttp({ guard: false, ...options })
  after(() => http.close())
  return http
}

test('a connection is used again', async () => {
  const { url, sockets } = await peer((socket) => socket.write(NO_CONTENT))
  const http = client()
  for (let n = 0; n < 5; n++) {
    assert.equal((await http.send({ method: 'POST', url, body: 'x' })).status, 204)
  }
  assert.equal(sockets.length, 1)
})

test('a connection is not used again when the server says so, in whatever way', async () => {
  const ways = [
    'HTTP/1.1 204 No\r\nConnection: close\r\n\r\n',
    'HTTP/1.1 204 No\r\nKeep-Alive: timeout=1\r\n\r\n',
    'HTTP/1.0 204 No\r\n\r\n',
    `${NO_CONTENT}${NO_CONTENT}`,
  ]
  for (const way of ways) {
    const { url, sockets } = await peer((socket) => socket.write(way))
    const http = client()
    await http.send({ method: 'GET', url })
    await http.send({ method: 'GET', url })
    assert.equal(sockets.length, 2, way)
  }
})

test('bytes that nobody asked for end a connection and answer nothing', async () => {
  const { url, sockets } = await peer((socket, request) => {
    const status = request.startsWith('PUT') ? 201 : 200
    socket.write(`HTTP/1.1 ${status} OK\r\ncontent-length: 0\r\n\r\n`)
  })
  const http = client()
  await http.send({ method: 'GET', url })
  const [first] = sockets
  assert.ok(first)
  const closed = once(first, 'close')
  first.write('HTTP/1.1 500 Smuggled\r\ncontent-length: 0\r\n\r\n')
  await closed
  assert.equal((await http.send({ method: 'PUT', url, body: 'x' })).status, 201)
  assert.equal(sockets.length, 2)
})

test('a reply before the whole request was read ends the connection', async () => {
  const { url, sockets } = await peer((socket) => {
    socket.pause()
    socket.write('HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n')
  })
  const http = client()
  const body = Buffer.alloc(50_000_000)
  assert.equal((await http.send({ method: 'POST', url, body })).status, 413)
  const again = http.send({ method: 'POST', url, body: 'x' })
  assert.equal((await again).status, 413)
  assert.equal(sockets.length, 2)
})

test('what waits for a connection is told when none comes about', async () => {
  let [refused, made] = [0, 0]
  const http = createHttp({
    guard: false,
    lookup: (_name, _options, callback) => {
      made++
      callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), '')
    },
  })
  const url = 'http://nowhere.example.com/'
  const sends = Array.from({ length: 120 }, () =>
    http.send({ method: 'GET', url }).catch((error) => {
      if (error instanceof Retryable) refused++
    }),
  )
  await Promise.all(sends)
  assert.deepEqual([refused, made], [120, 120])
  await http.close()
})

test('closing waits for answers, and nothing begins after it', async () => {
  const release: (() => void)[] = []
  const { url, sockets } = await peer((socket) => release.push(() => socket.write(NO_CONTENT)))
  const http = createHttp({ guard: false })
  const sends = Array.from({ length: 60 }, () => http.send({ method: 'GET', url }))
  const closing = http.close()
  await assert.rejects(http.send({ method: 'GET', url }), Retryable)
  for (let answered = 0; answered < 60; ) {
    const next = release.shift()
    if (next) {
      next()
      answered++
    } else await new Promise((resolve) => setImmediate(resolve))
  }
  for (const reply of await Promise.all(sends)) assert.equal(reply.status, 204)
  await closing
  assert.equal(sockets.length, 50)
  await Promise.all(sockets.map((socket) => socket.destroyed || once(socket, 'close')))
})

test('a deadline is that of each request, on one connection', async () => {
  const { url } = await peer((socket, request) => {
    if (request.startsWith('GET')) socket.write(NO_CONTENT)
  })
  const http = client()
  await http.send({ method: 'GET', url, timeoutSeconds: 0.2 })
  await http.send({ method: 'GET', url })
  await assert.rejects(
    http.send({ method: 'DELETE', url, timeoutSeconds: 0.1 }),
    (error) => error instanceof Unanswered && /0\.1 s/.test(error.message),
  )
})

test('an idle connection does not keep the program', async () => {
  const { url } = await peer((socket) => socket.write(NO_CONTENT))
  const program = `
    import { createHttp } from ${JSON.stringify(new URL('../http.ts', import.meta.url).href)}
    const http = createHttp({ guard: false })
    await Promise.all([1, 2, 3].map(() => http.send({ method: 'GET', url: '${url}' })))
    process.on('exit', () => console.log(Math.round(performance.now() - answeredAt)))
    const answeredAt = performance.now()
  `
  const args = ['--input-type=module', '--eval', program]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  assert.ok(Number(stdout) < 3_500, stdout) // when it is idle for too long it is closed anyway
})
