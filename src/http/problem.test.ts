/** Errors that are the client's doing, and what the log says of them: nothing. */
import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { after, test } from 'node:test'
import Fastify from 'fastify'
import { pino } from 'pino'
import { problemHandler } from './problem.ts'

test('an upload that its sender breaks off is no failure of ours, and nothing in the log', async () => {
  const lines: string[] = []
  const server = Fastify({
    loggerInstance: pino({ level: 'warn' }, { write: (line) => lines.push(line) }),
  })
  after(() => server.close())
  const handled = Promise.withResolvers<number>()
  const refuse = problemHandler(false)
  server.setErrorHandler((error: Error, request, reply) => {
    refuse(error, request, reply)
    handled.resolve(reply.statusCode)
  })
  const arrived = Promise.withResolvers<void>()
  server.addHook('preParsing', async () => arrived.resolve())
  server.post('/', async () => 'ok')
  await server.listen({ port: 0, host: '127.0.0.1' })
  const { port } = server.server.address() as AddressInfo // a server that listens on TCP
  const socket = connect(port, '127.0.0.1')
  socket.write(
    'POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"a',
  )
  await arrived.promise
  socket.destroy()
  assert.equal(await handled.promise, 400)
  assert.deepEqual(lines, [])
})
