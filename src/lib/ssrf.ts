/**
 * Keeps requests to URLs that strangers typed out of private networks (SSRF).
 *
 * A URL is looked at twice: when it is parsed (scheme, user info, port, literal
 * addresses) and again when the socket connects, because a name may resolve to
 * something else by then (DNS rebinding). Every answer of the resolver must be
 * public, not only the one that is used. Redirects are never followed (http.ts).
 *
 * Ranges are taken from the IANA special-purpose address registries (RFC 6890).
 */
import { type LookupAddress, lookup as systemLookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { buildConnector } from 'undici'
import { invalid } from '../errors.ts'

export interface UrlRules {
  /** Allows plain http; otherwise only https. */
  readonly allowHttp?: boolean | undefined
  /** Ports beside 80 and 443. */
  readonly allowPorts?: readonly number[] | undefined
  /** Origins as `URL.origin` writes them (`http://10.0.0.5:8080`) that the operator vouches for; they skip every rule. */
  readonly trustedOrigins?: readonly string[] | undefined
}

/** The address or URL is not one we may call. Its message is fit for members. */
export class BlockedAddress extends Error {
  override name = 'BlockedAddress'
}

// Two lists: one list would match IPv4 addresses against the IPv4-mapped IPv6 range.
const v4 = new BlockList()
const v6 = new BlockList()
const ranges4 = [
  '0.0.0.0/8', // this network
  '10.0.0.0/8', // private
  '100.64.0.0/10', // shared address space of carriers (RFC 6598)
  '127.0.0.0/8', // loopback
  '168.63.129.16/32', // not in the registry: the virtual host of Azure machines
  '169.254.0.0/16', // link local, and the metadata services of clouds
  '172.16.0.0/12', // private
  '192.0.0.0/24', // IETF protocol assignments
  '192.0.2.0/24', // TEST-NET-1
  '192.31.196.0/24', // AS112
  '192.52.193.0/24', // AMT
  '192.88.99.0/24', // 6to4 relays, deprecated
  '192.168.0.0/16', // private
  '192.175.48.0/24', // AS112
  '198.18.0.0/15', // benchmarking
  '198.51.100.0/24', // TEST-NET-2
  '203.0.113.0/24', // TEST-NET-3
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, and 255.255.255.255
]
const ranges6 = [
  // IANA gives out 2000::/3 only; these three are all the rest. Within them lie ::, ::1,
  // ::ffff:0:0/96 (mapped), 64:ff9b::/96 and 64:ff9b:1::/48 (NAT64), 100::/64 (discard),
  // 5f00::/16 (SRv6), fc00::/7 (unique local), fe80::/10 (link local), fec0::/10, ff00::/8.
  '::/3',
  '4000::/2',
  '8000::/1',
  '2001::/23', // IETF protocol assignments: Teredo, benchmarking, ORCHID
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4: an IPv4 address in disguise
  '2620:4f:8000::/48', // AS112
  '3fff::/20', // documentation
]
for (const range of ranges4) v4.addSubnet(...split(range), 'ipv4')
for (const range of ranges6) v6.addSubnet(...split(range), 'ipv6')

function split(range: string): [address: string, prefix: number] {
  const [address = '', prefix] = range.split('/')
  return [address, Number(prefix)]
}

/** Also true for what is no IP address at all. */
export function isBlockedAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return v4.check(address, 'ipv4')
  if (family === 6) return v6.check(address, 'ipv6')
  return true
}

/** Names that mean a machine nearby wherever they are asked (RFC 6761, RFC 6762, RFC 8375). */
const localName = /(^|\.)(localhost|local|internal|home\.arpa)\.?$/

/**
 * Why this URL may not be called, in words, or null. The WHATWG parser has already
 * turned decimal, octal, hexadecimal and full-width hosts into plain addresses.
 */
export function whyBlocked(url: URL, rules: UrlRules = {}): string | null {
  if (isTrusted(url.origin, rules)) return null
  if (url.protocol !== 'https:' && !(rules.allowHttp && url.protocol === 'http:')) {
    return rules.allowHttp ? 'Use an http or https URL.' : 'Use an https URL.'
  }
  if (url.username !== '' || url.password !== '') return 'Leave user name and password out.'
  if (url.port !== '' && !['80', '443'].includes(url.port)) {
    if (!rules.allowPorts?.includes(Number(url.port))) return `Port ${url.port} is not allowed.`
  }
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host))
    return isBlockedAddress(host) ? 'This address is not on the public internet.' : null
  if (localName.test(host) || !host.replace(/\.$/, '').includes('.')) {
    return 'This name is not on the public internet.'
  }
  return null
}

/** Raises `invalid_input` at `pointer`. A name may still resolve to a private address; sockets check that. */
export function assertPublicUrl(url: string, rules: UrlRules = {}, pointer = '/url'): void {
  if (!URL.canParse(url)) throw invalid(pointer, 'This is not a URL.')
  const reason = whyBlocked(new URL(url), rules)
  if (reason) throw invalid(pointer, reason)
}

/** A resolver that fails when any address of the name is blocked. */
export function publicLookup(lookup: LookupFunction = systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, answer) => {
      if (error) return callback(error, '')
      const addresses =
        typeof answer === 'string' ? [{ address: answer, family: isIP(answer) }] : answer
      const [first] = addresses
      if (!first || addresses.some(({ address }) => isBlockedAddress(address))) {
        return callback(new BlockedAddress(`${hostname} is not on the public internet.`), '')
      }
      if (options.all) return callback(null, addresses satisfies LookupAddress[])
      callback(null, first.address, first.family)
    })
  }
}

/** How undici opens sockets under guard. TLS is done when the address is checked; no request is. */
export function publicConnector(
  options: buildConnector.BuildOptions,
  rules: UrlRules,
  lookup?: LookupFunction,
): buildConnector.connector {
  const direct = buildConnector(options)
  const guarded = buildConnector({ ...options, lookup: publicLookup(lookup) })
  return (to, callback) => {
    if (isTrusted(originOf(to), rules)) return direct(to, callback)
    // A literal address is never looked up.
    if (isIP(to.hostname) && isBlockedAddress(to.hostname)) {
      return callback(new BlockedAddress(`${to.hostname} is not on the public internet.`), null)
    }
    guarded(to, (...[error, socket]) => {
      if (error) return callback(error, null)
      if (!isBlockedAddress(socket.remoteAddress ?? '')) return callback(null, socket)
      socket.destroy()
      callback(new BlockedAddress(`${to.hostname} is not on the public internet.`), null)
    })
  }
}

function isTrusted(origin: string, { trustedOrigins }: UrlRules) {
  return trustedOrigins?.includes(origin) ?? false
}

function originOf({ protocol, hostname, port }: buildConnector.Options) {
  const host = isIP(hostname) === 6 ? `[${hostname}]` : hostname
  return new URL(`${protocol}//${host}${port ? `:${port}` : ''}`).origin
}
