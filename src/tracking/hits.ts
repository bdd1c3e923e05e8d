/**
 * What the classifier is given, what it answers, and its thresholds. The thresholds are
 * settings; these defaults are where the published measurements of scanners put them.
 */
import type { NetworkFacts } from './networks.ts'

export interface Hit {
  readonly id: string
  readonly kind: 'open' | 'click'
  readonly at: Date
  /** Null for opens. */
  readonly linkIndex: number | null
  readonly ip: string | null
  readonly userAgent: string | null
  readonly method: string
  /** The value of Sec-Purpose, Purpose, X-Purpose or X-Moz, whichever came. */
  readonly purpose: string | null
}

/** A hit on another message to the same recipient domain. */
export interface Neighbour {
  readonly messageId: string
  readonly at: Date
  readonly prefix: string | null
}

export interface Context {
  readonly sentAt: Date
  readonly deliveredAt: Date | null
  /** Tracked links in the message, for "half of all links". */
  readonly linkCount: number
  /** The hidden link's index; it is not among those counted above. */
  readonly honeypotLink?: number | null
  /** The recipient's domain belongs to one company (`isCompanyDomain`). */
  readonly companyDomain: boolean
  /** Hits around these on other messages to the same company; ignored for other domains. */
  readonly neighbours?: readonly Neighbour[]
  /** Facts about an address; the lists alone when not given. */
  readonly network?: (ip: string) => NetworkFacts
  readonly limits?: Partial<Limits>
}

export interface Limits {
  readonly honeypotSeconds: number
  readonly probableSeconds: number
  readonly burstSeconds: number
  readonly burstLinks: number
  readonly anySourceSeconds: number
  readonly anySourceLinks: number
  readonly shareSeconds: number
  readonly shareOfLinks: number
  readonly foldBackSeconds: number
  readonly repeatSeconds: number
  readonly repeatClicks: number
  readonly gatewaySeconds: number
  readonly gatewayMessages: number
  readonly fastOpenSeconds: number
  readonly fastClickSeconds: number
  /** Without a delivery time the age starts when we handed the message over. */
  readonly fastAfterSendSeconds: number
  readonly suspiciousSeconds: number
}

export const defaultLimits: Limits = {
  honeypotSeconds: 10,
  probableSeconds: 600,
  burstSeconds: 5,
  burstLinks: 2,
  anySourceSeconds: 10,
  anySourceLinks: 3,
  shareSeconds: 60,
  shareOfLinks: 0.5,
  foldBackSeconds: 120,
  repeatSeconds: 2,
  repeatClicks: 3,
  gatewaySeconds: 60,
  gatewayMessages: 5,
  fastOpenSeconds: 2,
  fastClickSeconds: 5,
  fastAfterSendSeconds: 10,
  suspiciousSeconds: 60,
}

export type HitClass = 'human' | 'machine' | 'unknown' | 'duplicate'

export type HitReason =
  | 'before_send'
  | 'prefetch_header'
  | 'honeypot'
  | 'apple_mpp'
  | 'gmail_prefetch'
  | 'gmail_proxy'
  | 'proxy'
  | 'user_agent'
  | 'network'
  | 'network_probable'
  | 'burst'
  | 'repeat'
  | 'gateway'
  | 'too_fast'
  | 'suspicious'
  | 'person'

export interface Classified {
  readonly id: string
  readonly class: HitClass
  readonly reason: HitReason
  readonly version: number
}
