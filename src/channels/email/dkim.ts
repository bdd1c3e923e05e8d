/**
 * DKIM (RFC 6376): is the key there that the mail is signed with? The server that sends it signs it, not
 * we, so only its owner can say what the key's record is.
 */
import { createPublicKey } from 'node:crypto'
import type { Dns } from '../../lib/dns.ts'
import type { SendingDomain } from '../provider.ts'
import { type DomainRecord, silentServers } from './domainRecord.ts'
import { relayOf } from './relays.ts'

const WEAK_BITS = 1_024 // RFC 8301 §3.2: shorter ones are not believed

export async function checkDkim(sender: SendingDomain, dns: Dns): Promise<DomainRecord> {
  const { domain, host, selector } = sender
  const vendor = relayOf(host)?.name ?? host
  const selectors = selector ? [selector] : (relayOf(host)?.selectors ?? [])
  const base = { id: 'dkim', wanted: null, present: [] } as const
  if (selectors.length === 0) {
    const detail = `${vendor} signs this mail, with a key whose record it shows you. Enter the key's name (selector) in the settings, and it is looked for here.`
    return { ...base, state: 'unknown', detail }
  }
  for (const each of selectors) {
    const name = `${each}._domainkey.${domain}`
    const texts = await dns.texts(name)
    if (texts === null) return { ...base, state: 'unknown', detail: silentServers(domain) }
    const present = texts.filter((text) => /(^|;)\s*p=/i.test(text))
    if (present.length > 0) return judged(name, present, vendor)
  }
  const name = `${selectors[0]}._domainkey.${domain}`
  const detail = `There is no key at ${name}. Switch signing on for ${domain} at ${vendor}, and add the record that it shows.`
  return { ...base, state: 'missing', detail, wanted: { type: 'TXT', name, value: null } }
}

function judged(name: string, present: readonly string[], vendor: string): DomainRecord {
  const tags = tagsOf(present[0] ?? '')
  const wrong = (detail: string): DomainRecord => ({
    ...{ id: 'dkim', state: 'wrong', detail, present },
    wanted: { type: 'TXT', name, value: null },
  })
  const key = tags.get('p') ?? ''
  if (key === '')
    return wrong(`The key at ${name} was revoked. Add the record that ${vendor} shows.`)
  const bits = bitsOf(key, tags.get('k') ?? 'rsa')
  if (bits === null)
    return wrong(`The key at ${name} cannot be read. Copy it from ${vendor} once more.`)
  if (bits < WEAK_BITS)
    return wrong(`The key at ${name} has ${bits} bits, which nobody trusts. Take one of 2048.`)
  const isTest = tags.get('t')?.split(':').includes('y')
  const detail = isTest
    ? `The key is there, and says that it is only a test (t=y). Take that out when mail arrives.`
    : `The key is there, by the name ${name}.`
  return { id: 'dkim', state: 'found', detail, wanted: null, present }
}

/** `v=DKIM1; k=rsa; p=…` (RFC 6376 §3.2); spaces inside of values do not count. */
export function tagsOf(text: string): ReadonlyMap<string, string> {
  const pairs = text.split(';').map((part) => {
    const at = part.indexOf('=')
    return [part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).replace(/\s/g, '')] as const
  })
  return new Map(pairs.filter(([name]) => name !== ''))
}

/** Null: it is no key. Ed25519 (RFC 8463) is as good as the longest. */
function bitsOf(text: string, kind: string): number | null {
  if (kind === 'ed25519') return Buffer.from(text, 'base64').length === 32 ? 4_096 : null
  try {
    const key = createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' })
    return key.asymmetricKeyDetails?.modulusLength ?? null
  } catch {
    return null
  }
}
