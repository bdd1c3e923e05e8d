/** DMARC (RFC 7489): what receivers are to do with mail that only pretends to be of the domain. */
import type { Dns } from '../../lib/dns.ts'
import type { SendingDomain } from '../provider.ts'
import { tagsOf } from './dkim.ts'
import { type DomainRecord, silentServers } from './domainRecord.ts'

export async function checkDmarc(sender: SendingDomain, dns: Dns): Promise<DomainRecord> {
  const { domain, mailbox } = sender
  const value = `v=DMARC1; p=none; rua=mailto:${mailbox}`
  const own = { type: 'TXT', name: `_dmarc.${domain}`, value } as const
  for (const each of upwards(domain)) {
    const texts = await dns.texts(`_dmarc.${each}`)
    const base = { id: 'dmarc', present: [] } as const
    if (texts === null)
      return { ...base, state: 'unknown', detail: silentServers(domain), wanted: null }
    const present = texts.filter((text) => /^v=DMARC1\s*(;|$)/i.test(text))
    if (present.length > 0) return judged(present, { ...own, name: `_dmarc.${each}` })
  }
  const detail = `${domain} has no DMARC record. Large mailbox providers ask for one. Add this; it only asks for reports.`
  return { id: 'dmarc', state: 'missing', detail, wanted: own, present: [] }
}

/** The domain, then those that it is part of: the record of the organisation counts for all of it. */
function upwards(domain: string): string[] {
  const labels = domain.split('.')
  const names = labels.map((_, at) => labels.slice(at).join('.'))
  return names.slice(0, Math.max(1, labels.length - 1)) // a top-level domain is nobody's
}

function judged(
  present: readonly string[],
  wanted: NonNullable<DomainRecord['wanted']>,
): DomainRecord {
  const policy =
    tagsOf(present[0] ?? '')
      .get('p')
      ?.toLowerCase() ?? ''
  const base = { id: 'dmarc', present } as const
  if (present.length > 1) {
    const detail = `There are ${present.length} DMARC records at ${wanted.name}, and with more than one none counts. Keep one.`
    return { ...base, state: 'wrong', detail, wanted: null }
  }
  if (!/^(none|quarantine|reject)$/.test(policy)) {
    const detail =
      'Its policy is none of none, quarantine and reject, so it does not count. Change it to this.'
    return { ...base, state: 'wrong', detail, wanted }
  }
  const detail =
    policy === 'none'
      ? 'It only asks for reports (p=none). When these show no mail of yours that fails, make it p=quarantine.'
      : `Mail that only pretends to be yours is kept out (p=${policy}).`
  return { ...base, state: 'found', detail, wanted: null }
}
