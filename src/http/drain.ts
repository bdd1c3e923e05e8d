/**
 * How connections end when the server stops. A client that keeps a connection alive may write a
 * request in the very moment in which we close it, and then cannot know whether it was done
 * (RFC 9112 §9.3.1). So we stop listening first, say `Connection: close` in what is still
 * answered, and close only what nobody used for a while.
 */
import { once } from 'node:events'
import type { Server as HttpServer, ServerResponse } from 'node:http'
import { Server as NetServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const GRACE_MS = 500 // a busy client asks again sooner than this
const SWEEP_MS = 100 // between two looks for connections that became idle

export interface Drain {
  /** Marks an answer as the last of its connection once the server stops. */
  mark(response: ServerResponse): void
  /** Stops listening and resolves when the clients left, or have had their time to. */
  begin(server: HttpServer): Promise<void>
}

export function createDrain(): Drain {
  let stopping = false
  return {
    mark(response) {
      if (stopping) response.setHeader('connection', 'close')
    },
    async begin(server) {
      stopping = true
      if (!server.listening) return
      const closed = once(server, 'close')
      NetServer.prototype.close.call(server) // that of HTTP closes idle connections at once
      const grace = new AbortController()
      await Promise.race([closed, sleep(GRACE_MS, undefined, { signal: grace.signal })])
      grace.abort()
      const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS)
      void closed.finally(() => clearInterval(sweep))
    },
  }
}
