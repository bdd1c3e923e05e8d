/**
 * Answers a client that is still writing its body. To close the connection at once would
 * make its system throw away the answer, unread (RFC 9112 §9.6). So the whole answer goes
 * out, and the connection stays until the body is through, or 64 MB of it.
 */
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'

const MAX_DRAINED = 64 * 1024 * 1024 // bytes of a refused body that are read and thrown away

/** For Fastify's onSend. */
export function linger(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  done: (error: null, payload: unknown) => void,
): void {
  // Fastify closes whenever it could not read a body. There is no need once all of it is here.
  if (request.raw.complete !== false) {
    const stopping = reply.raw.hasHeader('connection') // said by drain.ts, and it stays
    reply.removeHeader('connection') // also Node's own `keep-alive`, which goes without saying
    if (stopping) reply.header('connection', 'close')
  } else if (reply.statusCode >= 400 && typeof payload === 'string') {
    reply.header('connection', 'close')
    reply.header('content-length', Buffer.byteLength(payload))
    done(null, Readable.from(answerAndDrain(payload, request.raw), { objectMode: false }))
    return
  }
  done(null, payload)
}

async function* answerAndDrain(payload: string, request: IncomingMessage) {
  yield Buffer.from(payload)
  if (request.complete || request.destroyed) return
  let drained = 0
  const full = new AbortController()
  request.on('data', (chunk: Buffer) => {
    drained += chunk.length
    if (drained > MAX_DRAINED) full.abort()
  })
  request.resume()
  // `close` comes after the end too; server.requestTimeout brings it to those who dawdle.
  await once(request, 'close', { signal: full.signal }).catch(() => {})
}
