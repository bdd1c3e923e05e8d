/** The address that a request came from, read as Fastify reads `request.ip`. */
import type { IncomingMessage } from 'node:http'
import proxyAddr from '@fastify/proxy-addr'

/** `trusted` are the proxies whose X-Forwarded-For is believed; with none it is never read. */
export function clientAddress(
  trusted: readonly string[],
): (request: IncomingMessage) => string | null {
  if (trusted.length === 0) return (request) => request.socket.remoteAddress ?? null
  const trust = proxyAddr.compile([...trusted])
  return (request) => proxyAddr(request, trust) ?? null
}
