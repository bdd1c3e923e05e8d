/** SPF (RFC 7208): may the sender's server send mail of its domain? */
import { BlockList, isIP } from 'node:net'
import type { Dns } from '../../lib/dns.ts'
import { isBlockedAddress } from '../../lib/ssrf.ts'
import type { SendingDomain } from '../provider.ts'
import { type DomainRecord, silentServers } from './domainRecord.ts'
import { relayOf } from './relays.ts'

const MOST_LOOKUPS = 10 // RFC 7208 §4.6.4: beyond it the record counts as broken

type Told = Pick<DomainRecord, 'state' | 'detail'> & { readonly value?: string | undefined }

export async function checkSpf(sender: SendingDomain, dns: Dns): Promise<DomainRecord> {
  const { domain } = sender
  const texts = await dns.texts(domain)
  const present = (texts ?? []).filter(isSpf)
  const told: Told =
    texts === null
      ? { state: 'unknown', detail: silentServers(domain) }
      : await judge(present, sender, dns)
  const wanted = told.value ? { type: 'TXT' as const, name: domain, value: told.value } : null
  return { id: 'spf', state: told.state, detail: told.detail, wanted, present }
}

const isSpf = (text: string) => /^v=spf1(\s|$)/i.test(text)

async function judge(present: readonly string[], sender: SendingDomain, dns: Dns): Promise<Told> {
  const { domain, host } = sender
  const allowing = await allowanceOf(host, dns)
  const [record] = present
  if (!record) {
    if (allowing === null) {
      const detail = `${domain} has no SPF record, so nobody knows who may send its mail. Add one that names the public address of ${host}.`
      return { state: 'missing', detail }
    }
    const detail = `${domain} has no SPF record, so nobody knows who may send its mail. Add this one.`
    return { state: 'missing', detail, value: `v=spf1 ${allowing} ~all` }
  }
  if (present.length > 1) {
    const detail = `${domain} has ${present.length} SPF records, and with more than one none counts. Keep only this one.`
    return { state: 'wrong', detail, value: joined(present, allowing) }
  }
  const walk = await walkThrough(record, domain, dns)
  const last = record.trim().split(/\s+/).at(-1) ?? ''
  if (/^\+?all$/i.test(last)) {
    const detail = 'It lets everybody send mail of this domain. Let it end with ~all.'
    return {
      state: 'wrong',
      detail,
      value: joined(present, walk.includes(allowing) ? null : allowing),
    }
  }
  if (walk.lookups > MOST_LOOKUPS) {
    const detail = `It takes ${walk.lookups} look-ups to read it, and receivers stop at ${MOST_LOOKUPS}. Take out what is not used any more.`
    return { state: 'wrong', detail }
  }
  if (allowing !== null && !walk.includes(allowing) && !(await walk.hasAddressOf(host))) {
    if (walk.isCut) return { state: 'unknown', detail: silentServers(domain) }
    const detail = `It does not name ${relayOf(host)?.name ?? host}, which sends this mail. Change it to this.`
    return { state: 'wrong', detail, value: joined(present, allowing) }
  }
  if (!/^[-~]all$/i.test(last) && !/redirect=/i.test(record)) {
    const detail = 'It does not say what becomes of mail from elsewhere. Let it end with ~all.'
    return { state: 'wrong', detail, value: joined(present, null) }
  }
  if (allowing === null) {
    const detail = `It is there. Whether it names the public address of ${host} cannot be seen from here.`
    return { state: 'found', detail }
  }
  return { state: 'found', detail: `It lets ${relayOf(host)?.name ?? host} send this mail.` }
}

/** The term that lets the server send; null where its public address is not known here. */
async function allowanceOf(host: string, dns: Dns): Promise<string | null> {
  const relay = relayOf(host)
  if (relay) return `include:${relay.include}`
  const bare = host.replace(/^\[|\]$/g, '')
  if (isIP(bare)) return isBlockedAddress(bare) ? null : `ip${isIP(bare)}:${bare}`
  if (!host.includes('.')) return null
  const addresses = (await dns.addresses(host)) ?? []
  return addresses.length > 0 && addresses.every(isBlockedAddress) ? null : `a:${host}`
}

/** One record of several, which also has `term`; its end is ~all, or stricter where it was. */
function joined(records: readonly string[], term: string | null): string {
  const terms = records.flatMap((each) => each.trim().split(/\s+/).slice(1))
  const isEnd = (each: string) => /^[-~?+]?all$/i.test(each)
  const rest = new Set(terms.filter((each) => !isEnd(each)))
  if (term !== null) rest.add(term)
  const end = terms.includes('-all') ? '-all' : '~all'
  return ['v=spf1', ...rest, end].join(' ')
}

interface Walk {
  readonly lookups: number
  /** Somebody did not answer: it may name more. */
  readonly isCut: boolean
  includes(term: string | null): boolean
  hasAddressOf(host: string): Promise<boolean>
}

/** Reads it with all that it includes. */
async function walkThrough(record: string, domain: string, dns: Dns): Promise<Walk> {
  const terms = new Set<string>()
  const networks = new BlockList()
  let lookups = 0
  let isCut = false
  const read = async (text: string, at: string): Promise<void> => {
    for (const raw of text.trim().split(/\s+/).slice(1)) {
      const term = raw.toLowerCase().replace(/^[+?~-]/, '')
      const [, kind = '', value = at] = /^([a-z0-9]+)(?:[:=]([^/]+))?/.exec(term) ?? []
      terms.add(`${kind}:${value}`)
      if (kind === 'ip4' || kind === 'ip6') addNetwork(networks, kind, term.slice(4))
      if (['a', 'mx', 'ptr', 'exists', 'include', 'redirect'].includes(kind)) lookups++
      // Who waits for one that is silent waits for seconds: after it nobody else is asked.
      const isRead = kind === 'include' || kind === 'redirect'
      if (!isRead || isCut || lookups > MOST_LOOKUPS) continue
      const found = await dns.texts(value)
      isCut ||= found === null
      const inner = found?.find(isSpf)
      if (inner) await read(inner, value)
    }
  }
  await read(record, domain)
  return {
    ...{ lookups, isCut },
    includes: (term) => term !== null && terms.has(term.toLowerCase()),
    async hasAddressOf(host) {
      const addresses = isIP(host) ? [host] : ((await dns.addresses(host)) ?? [])
      return addresses.some((each) => networks.check(each, isIP(each) === 6 ? 'ipv6' : 'ipv4'))
    },
  }
}

function addNetwork(networks: BlockList, kind: 'ip4' | 'ip6', text: string): void {
  const [address = '', length] = text.split('/')
  const family = kind === 'ip4' ? 'ipv4' : 'ipv6'
  if (isIP(address) !== (kind === 'ip4' ? 4 : 6)) return // what is no address matches nothing
  const most = kind === 'ip4' ? 32 : 128
  const bits = length === undefined ? most : /^\d+$/.test(length) ? Number(length) : Number.NaN
  if (bits <= most) networks.addSubnet(address, bits, family)
}
