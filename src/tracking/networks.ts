/**
 * Whose network an open or click came from, as far as the classifier cares.
 *
 * Addresses and numbers of networks are facts that rot: each list says where it was
 * published and when it was read, and is replaced as a whole. Names by reverse DNS and
 * numbers of autonomous systems are looked up in lookups/ where NETWORK_LOOKUPS says so,
 * and passed in; with none of them known, the lists alone decide.
 */
import { BlockList, isIPv4, isIPv6 } from 'node:net'

export interface NetworkList {
  readonly name: string
  readonly source: string
  /** When the source was read, as year and month. */
  readonly asOf: string
  readonly subnets: readonly string[]
}

/** Mail gateways that open and click before the recipient can. */
export const scannerLists: readonly NetworkList[] = [
  {
    name: 'Microsoft Exchange Online Protection',
    source: 'Microsoft 365 URLs and IP address ranges, Exchange Online',
    asOf: '2026-11',
    subnets: [
      '40.92.0.0/15',
      '40.107.0.0/16',
      '52.100.0.0/14',
      '104.47.0.0/17',
      '2a01:111:f400::/48',
      '2a01:111:f403::/48',
    ],
  },
  {
    name: 'Barracuda Email Gateway Defense',
    source: 'Barracuda Campus, Email Gateway Defense IP ranges',
    asOf: '2026-11',
    subnets: [
      '3.24.133.128/25',
      '15.222.16.128/25',
      '35.157.190.224/27',
      '18.185.115.192/26',
      '18.184.203.224/27',
      '13.200.136.128/25',
      '35.176.92.96/27',
      '18.133.136.128/26',
      '18.133.136.96/27',
      '209.222.82.0/24',
    ],
  },
]

/** Reverse DNS names under these belong to mail gateways. */
const scannerHosts = [
  'barracuda.com',
  'spfbl.net',
  'mimecast.com',
  'ppops.net',
  'pphosted.com',
] as const

/** Autonomous systems of companies that scan mail; people work there too. Read 2026-11. */
export const scannerAsns: ReadonlySet<number> = new Set([
  ...[22843, 26211, 52129], // Proofpoint
  ...[30031, 39588, 42427, 60492], // Mimecast
  16417, // Cisco
])

/** Clouds in which scanners run. People click from there only through a company's proxy. Read 2026-11. */
export const cloudAsns: ReadonlySet<number> = new Set([
  8075, // Microsoft
  15169, // Google
  ...[16509, 14618], // Amazon
  14061, // DigitalOcean
])

/** Other hosting companies: no person sits there, but a person's VPN may. Read 2026-11. */
export const hostingAsns: ReadonlySet<number> = new Set([
  16276, // OVH
  24940, // Hetzner
  63949, // Linode
  20473, // Vultr
  60781, // Leaseweb
  51167, // Contabo
  12876, // Scaleway
  31898, // Oracle
  36351, // IBM
  396982, // Google Cloud
  ...cloudAsns,
])

/** Where anyone may have a mailbox: two addresses there have nothing to do with each other. */
const CONSUMER =
  /^(gmail|googlemail|outlook|hotmail|live|msn|icloud|me|mac|aol|gmx|web|proton|protonmail|zoho|mail|yandex|fastmail|hey|tutanota|qq|163|126|naver|walla|012|013|netvision|bezeqint)\.|^(yahoo|ymail|rocketmail|orange|free|laposte|libero|t-online|comcast|verizon|att|sbcglobal|cox|btinternet)\./

export interface NetworkFacts {
  /** Whose scanner, when the address is one for certain. */
  readonly scanner: string | null
  readonly asn: number | null
}

export interface LookedUp {
  readonly asn?: number | null | undefined
  /** The reverse DNS name. */
  readonly hostName?: string | null | undefined
}

const scanners = scannerLists.map((list) => ({ name: list.name, block: blockList(list.subnets) }))

/** What is known of an address from the lists and from what was looked up about it. */
export function networkFacts(ip: string, known: LookedUp = {}): NetworkFacts {
  const asn = known.asn ?? null
  const address = plainAddress(ip)
  if (address === null) return { scanner: null, asn }
  const family = isIPv4(address) ? 'ipv4' : 'ipv6'
  const listed = scanners.find((each) => each.block.check(address, family))
  return { scanner: listed?.name ?? scannerHost(known.hostName ?? ''), asn }
}

/** Whether what was looked up can make a rule say anything. */
export function isTelling({ asn, hostName }: LookedUp): boolean {
  return isListedAsn(asn ?? 0) || scannerHost(hostName ?? '') !== null
}

/** Of networks that the rules know. */
export const isListedAsn = (asn: number) => scannerAsns.has(asn) || hostingAsns.has(asn)

/** The /24 or /48 that an address is in, as text; null when it is no address. */
export function ipPrefix(ip: string): string | null {
  const address = plainAddress(ip)
  if (address === null) return null
  if (isIPv4(address)) return `${address.slice(0, address.lastIndexOf('.'))}.0/24`
  const groups = ipv6Groups(address).slice(0, 3)
  return `${groups.map((group) => group.toString(16)).join(':')}::/48`
}

/** False for providers where anyone has a mailbox; comparing their recipients means nothing. */
export function isCompanyDomain(domain: string): boolean {
  return domain !== '' && !CONSUMER.test(domain.toLowerCase())
}

/** The scanner's domain that a name is under. */
export function scannerHost(hostName: string): string | null {
  const name = hostName.toLowerCase().replace(/\.$/, '')
  return scannerHosts.find((host) => name === host || name.endsWith(`.${host}`)) ?? null
}

/** Without a zone, and IPv4 in its own form where it was mapped into IPv6 (RFC 4291 §2.5.5.2). */
export function plainAddress(ip: string): string | null {
  if (isIPv4(ip)) return ip
  if (!isIPv6(ip)) return null
  const address = ip.split('%')[0]!
  const groups = ipv6Groups(address)
  if (groups.slice(0, 5).some((group) => group !== 0) || groups[5] !== 0xffff) return address
  const [high, low] = [groups[6]!, groups[7]!]
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
}

/** The eight groups of a valid IPv6 address. */
export function ipv6Groups(address: string): number[] {
  const [head = '', tail] = address.split('::')
  const before = groupsOf(head)
  if (tail === undefined) return before
  const after = groupsOf(tail)
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after]
}

function groupsOf(text: string): number[] {
  if (text === '') return []
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)]
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number)
    return [(a << 8) | b, (c << 8) | d]
  })
}

function blockList(subnets: readonly string[]): BlockList {
  const block = new BlockList()
  for (const subnet of subnets) {
    const [address = '', length] = subnet.split('/')
    block.addSubnet(address, Number(length), isIPv4(address) ? 'ipv4' : 'ipv6')
  }
  return block
}
