/** The address that links, opens and preference pages in this domain's mail lead to. */
import { isIP } from 'node:net'
import type { Dns } from '../../lib/dns.ts'
import type { SendingDomain } from '../provider.ts'
import { type DomainRecord, silentServers } from './domainRecord.ts'

export async function checkLinks(
  { domain }: SendingDomain,
  publicUrl: string,
  dns: Dns,
): Promise<DomainRecord> {
  const { hostname: host, protocol } = new URL(publicUrl)
  const base = { id: 'links', present: [host], wanted: null } as const
  const own = { type: 'CNAME', name: `links.${domain}`, value: null } as const
  if (!host.includes('.') || isIP(host.replace(/^\[|\]$/g, '')) || protocol !== 'https:') {
    const detail = `Links in messages lead to ${publicUrl}, which recipients cannot open or do not trust. Let a name of yours lead to this server, and set PUBLIC_URL to its https address.`
    return { ...base, state: 'wrong', detail, wanted: own }
  }
  const addresses = await dns.addresses(host)
  if (addresses === null) return { ...base, state: 'unknown', detail: silentServers(host) }
  if (addresses.length === 0) {
    const detail = `Links in messages lead to ${host}, and that name leads nowhere. Let it lead to this server.`
    return { ...base, state: 'missing', detail, wanted: { type: 'A', name: host, value: null } }
  }
  if (host === domain || host.endsWith(`.${domain}`) || domain.endsWith(`.${host}`))
    return { ...base, state: 'found', detail: `Links in messages lead to ${host}, which is yours.` }
  const detail = `Links in messages lead to ${host}. That works; filters trust links of the sender's own domain more. For that add this record, and let PUBLIC_URL be https://links.${domain}.`
  return { ...base, state: 'found', detail, wanted: { ...own, value: host } }
}
