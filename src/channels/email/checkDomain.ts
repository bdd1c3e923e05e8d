/** Looks at all records of a sender's domain at once. Changes nothing. */
import type { Dns } from '../../lib/dns.ts'
import type { SendingDomain } from '../provider.ts'
import { checkDkim } from './dkim.ts'
import { checkDmarc } from './dmarc.ts'
import type { DomainRecord } from './domainRecord.ts'
import { checkLinks } from './linkHost.ts'
import { checkSpf } from './spf.ts'

export function checkDomain(
  sender: SendingDomain,
  { dns, publicUrl }: { dns: Dns; publicUrl: string },
): Promise<readonly DomainRecord[]> {
  return Promise.all([
    checkSpf(sender, dns),
    checkDkim(sender, dns),
    checkDmarc(sender, dns),
    checkLinks(sender, publicUrl, dns),
  ])
}
