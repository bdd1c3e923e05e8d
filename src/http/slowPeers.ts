/**
 * Closes connections whose other end keeps us waiting, so that they cost nothing for long: a body that comes
 * by drops, an answer that nobody fetches ("slowloris"). Heads that come by drops are Node's own business
 * (headersTimeout); a whole upload may take as long as requestTimeout allows, as long as it moves.
 */
import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

const LOOK_MS = 5_000
const SLOW_LOOKS = 4 // in a row, so after 15 to 20 s
const LEAST_PER_MS = 0.5 // bytes of a body: 500 a second
const FETCH_MS = 15_000 // without a part of the answer being fetched, and more for large parts
const FETCHED_PER_MS = 16 // bytes: 16 kB a second is a poor line
const MOST_FETCH_MS = 60_000

interface Peer {
  exchange: { readonly request: IncomingMessage; readonly response: ServerResponse } | null
  /** What is looked at now is another request than at the last look. */
  changed: boolean
  read: number
  slowLooks: number
  fetched: number
  movedAt: number
}

export interface SlowPeers {
  /** A request that may have a body; those of GET are left to requestTimeout, as they are many. */
  expect(request: IncomingMessage, response: ServerResponse): void
}

export function closeSlowPeers(server: HttpServer, { lookMs = LOOK_MS } = {}): SlowPeers {
  const peers = new Map<Socket, Peer>()
  server.on('connection', (socket: Socket) => {
    const movedAt = performance.now()
    const peer = { exchange: null, changed: false, read: 0, slowLooks: 0, fetched: 0, movedAt }
    peers.set(socket, peer)
    socket.on('close', () => peers.delete(socket))
  })
  const look = () => {
    for (const [socket, peer] of peers) {
      if (isNotFetched(socket, peer, lookMs)) socket.destroy()
      else if (isDribbling(socket, peer, lookMs)) refuse(server, socket, peer)
    }
  }
  const timer = setInterval(look, lookMs)
  timer.unref()
  server.on('close', () => clearInterval(timer))
  return {
    expect(request, response) {
      const peer = request.method === 'GET' ? undefined : peers.get(request.socket)
      if (!peer) return
      peer.exchange = { request, response }
      peer.changed = true
    },
  }
}

/** What is here and not read yet is our own slowness. */
function isDribbling(socket: Socket, peer: Peer, lookMs: number): boolean {
  const came = socket.bytesRead - peer.read
  peer.read = socket.bytesRead
  if (peer.exchange?.request.complete) peer.exchange = null // an idle connection keeps nothing
  const { exchange, changed } = peer
  peer.changed = false
  const waits = exchange?.request.readableLength === 0
  const slow = waits && !changed && came < LEAST_PER_MS * lookMs
  peer.slowLooks = slow ? peer.slowLooks + 1 : 0
  return peer.slowLooks >= SLOW_LOOKS - 1 // the one in which it began is not counted
}

function isNotFetched(socket: Socket, peer: Peer, lookMs: number): boolean {
  const waiting = socket.writableLength
  const fetched = socket.bytesWritten - waiting
  const now = performance.now()
  if (waiting === 0 || fetched > peer.fetched) peer.movedAt = now
  peer.fetched = fetched
  const patience = Math.min(FETCH_MS + waiting / FETCHED_PER_MS, MOST_FETCH_MS)
  return now - peer.movedAt > patience * (lookMs / LOOK_MS)
}

function refuse(server: HttpServer, socket: Socket, { exchange }: Peer): void {
  if (exchange?.response.headersSent) return void socket.destroy()
  const error = new Error('The body came by drops.')
  server.emit('clientError', Object.assign(error, { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket)
}
