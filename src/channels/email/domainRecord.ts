/** What a look at one record of a sender's domain came to. */

export interface DomainRecord {
  readonly id: 'spf' | 'dkim' | 'dmarc' | 'links'
  /** `unknown`: nobody answered, or only the vendor knows what belongs there. */
  readonly state: 'found' | 'missing' | 'wrong' | 'unknown'
  /** A sentence or two for people: what is so, and what to do. */
  readonly detail: string
  /** What to write into the domain's zone; null: nothing is to be done. */
  readonly wanted: WantedRecord | null
  /** What stands there now. */
  readonly present: readonly string[]
}

export interface WantedRecord {
  readonly type: 'TXT' | 'CNAME' | 'A'
  readonly name: string
  /** Null: only the vendor knows it. */
  readonly value: string | null
}

export const silentServers = (domain: string) =>
  `The name servers of ${domain} did not answer. Check again in a minute.`
