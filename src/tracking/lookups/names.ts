/**
 * Under which names the domain name system tells of an address, and what it says there. Pure.
 *
 * Whose network: TXT of <reversed network>.origin.asn.cymru.com, `16509 14618 | 3.0.0.0/15 | US | arin | 2016-01-01`
 * (https://www.team-cymru.com/ip-asn-mapping). Only the /24 or /48 is asked for: more is nobody's business there.
 * What it is called: PTR of the whole address (RFC 1035 §3.5, RFC 3596 §2.5).
 */
import { isIPv4 } from 'node:net'
import { storableText } from '../../lib/storable.ts'
import { ipv6Groups, isListedAsn, plainAddress, scannerHost } from '../networks.ts'

const NETWORK_NIBBLES = 12 // a /48
const MOST_ASN = 2 ** 32 - 1 // RFC 6793 §3
const MOST_NAME = 253 // characters of a name (RFC 1035 §2.3.4)

/** Null: no address. */
export function originName(ip: string): string | null {
  const address = plainAddress(ip)
  if (address === null) return null
  if (isIPv4(address)) {
    const [a, b, c] = address.split('.')
    return `0.${c}.${b}.${a}.origin.asn.cymru.com`
  }
  return `${reversedNibbles(address, NETWORK_NIBBLES)}.origin6.asn.cymru.com`
}

export function pointerName(ip: string): string | null {
  const address = plainAddress(ip)
  if (address === null) return null
  if (isIPv4(address)) return `${address.split('.').toReversed().join('.')}.in-addr.arpa`
  return `${reversedNibbles(address)}.ip6.arpa`
}

function reversedNibbles(address: string, first = 32): string {
  const groups = ipv6Groups(address).map((group) => group.toString(16).padStart(4, '0'))
  return [...groups.join('').slice(0, first)].toReversed().join('.')
}

/** Of the narrowest network announced; where several announce it, one that the rules know. */
export function asnOf(texts: readonly string[]): number | null {
  const records = texts.map((text) => {
    const [numbers = '', network = ''] = text.split('|')
    const asns = numbers.trim().split(/\s+/).map(Number)
    return { asns: asns.filter(isAsn), length: Number(network.trim().split('/')[1]) || 0 }
  })
  const all = records.sort((a, b) => b.length - a.length).map(({ asns }) => asns)
  const narrowest = all.find((asns) => asns.length > 0) ?? []
  return narrowest.find(isListedAsn) ?? narrowest[0] ?? null
}

const isAsn = (asn: number) => Number.isInteger(asn) && asn > 0 && asn <= MOST_ASN

/** A scanner's, where an address has several names. */
export function hostNameOf(names: readonly string[]): string | null {
  const name = names.find((each) => scannerHost(each) !== null) ?? names[0]
  return name ? storableText(name.slice(0, MOST_NAME)) : null
}
