/** The address that a request came from, read as Fastify reads `request.ip`. */
import type { IncomingMessage } from 'node:http'
import proxyAddr from '@fastify/proxy-addr'

type Trust = (address: string, distance: number) => boolean

/** `trusted` are the proxies whose X-Forwarded-For is believed; with none it is never read. */
export function clientAddress(
  trusted: readonly string[],
): (request: IncomingMessage) => string | null {
  if (trusted.length === 0) return (request) => request.socket.remoteAddress ?? null
  const trust = quickTrust(trusted, proxyAddr.compile([...trusted]))
  return (request) => proxyAddr(request, trust) ?? null
}

/**
 * The package asks a BlockList about every address, which costs as much as storing the hit.
 * Where all proxies are plain IPv4, so are the answers for plain IPv4; the rest is left to it.
 */
function quickTrust(trusted: readonly string[], exact: Trust): Trust {
  const ranges = trusted.map(rangeOf)
  if (ranges.includes(null)) return exact
  const known = ranges.filter((range) => range !== null)
  return (address, distance) => {
    const number = ipv4Number(address)
    if (number === null) return exact(address, distance)
    return known.some(({ mask, network }) => (number & mask) === network)
  }
}

function rangeOf(text: string): { mask: number; network: number } | null {
  const [address = '', bits = '32', ...rest] = text.split('/')
  const number = ipv4Number(address)
  if (number === null || rest.length > 0 || !/^(?:[1-9]|[12]\d|3[0-2])$/.test(bits)) return null
  const mask = -1 << (32 - Number(bits))
  return { mask, network: number & mask }
}

const DOT = 46
const ZERO = 48

/** Null for whatever is not four decimal numbers without leading zeros. */
function ipv4Number(text: string): number | null {
  let number = 0
  let part = -1 // no digit yet
  let dots = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === DOT && part >= 0 && dots < 3) {
      number = (number << 8) | part
      part = -1
      dots++
    } else if (code >= ZERO && code <= ZERO + 9 && part !== 0) {
      part = (part < 0 ? 0 : part * 10) + code - ZERO
      if (part > 255) return null
    } else return null
  }
  return dots === 3 && part >= 0 ? (number << 8) | part : null
}
