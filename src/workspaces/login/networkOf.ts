/** The network that one household, office or attacker has: /24 of IPv4, /64 of IPv6. */
import { isIPv4, isIPv6 } from 'node:net'

/** `2001:db8::1` → `2001:db8:0:0/64`, `192.0.2.7` and `::ffff:192.0.2.7` → `192.0.2.0/24`. */
export function networkOf(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1] ?? ip
  if (isIPv4(mapped)) return `${mapped.split('.').slice(0, 3).join('.')}.0/24`
  const bare = ip.split('%')[0]! // without the zone of a link-local address
  if (!isIPv6(bare)) return bare
  const [head = '', tail] = new URL(`http://[${bare}]`).hostname.slice(1, -1).split('::')
  const left = head.split(':').filter(Boolean)
  const right = (tail ?? '').split(':').filter(Boolean)
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length
  const groups = [...left, ...Array<string>(zeros).fill('0'), ...right]
  return `${groups.slice(0, 4).join(':')}/64`
}
