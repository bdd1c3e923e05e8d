/** Stopping with clients that keep their connections alive. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, createServer, get, type IncomingMessage } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { connect } from 'node:net'
import { test } from 'node:test'
import Fastify from 'fastify'
import { createDrain } from './drain.ts'
import { linger } from './linger.ts'

/** Wired as in server.ts. */
async function listening() {
  const drain = createDrain()
  const server = Fastify({
    serverFactory: (handler) =>
      createServer({ keepAliveTimeout: 72_000 }, (request, response) => {
        drain.mark(response)
        handler(request, response)
      }),
    return503OnClosing: false,
    forceCloseConnections: 'idle',
  })
  server.addHook('onSend', linger)
  server.addHook('preClose', () => drain.begin(server.server))
  const held = Promise.withResolvers<void>()
  const arrived = Promise.withResolvers<void>()
  server.get('/held', async () => {
    arrived.resolve()
    await held.promise
    return 'held'
  })
  server.get('/', async () => 'ok')
  await server.listen({ port: 0, host: '127.0.0.1' })
  const { port } = server.server.address() as AddressInfo // a server that listens on TCP
  return { server, port, arrived: arrived.promise, release: held.resolve }
}

async function ask(port: number, agent: Agent, path = '/') {
  const [response]: IncomingMessage[] = await once(get({ port, agent, path }), 'response')
  response?.resume()
  await once(response ?? assert.fail(), 'end')
  return { status: response?.statusCode, connection: response?.headers.connection }
}

test('what comes on an open connection while the server stops is answered, as the last', async () => {
  const { server, port } = await listening()
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  assert.deepEqual(await ask(port, agent), { status: 200, connection: undefined })
  const closed = server.close()
  assert.deepEqual(await ask(port, agent), { status: 200, connection: 'close' })
  await closed
})

test('a connection that falls silent after the stop began does not hold it up', async () => {
  const { server, port, arrived, release } = await listening()
  const silent: Socket = connect(port, '127.0.0.1')
  silent.resume().write('GET /held HTTP/1.1\r\nhost: a\r\n\r\n')
  await arrived // its answer was begun before the stop, so nothing says that it is the last
  const closed = server.close()
  release()
  await closed
  silent.destroy()
})
