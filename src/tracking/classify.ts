/**
 * Did a person open or click, or a machine?
 *
 * Sixteen rules in order; for each hit the first that matches decides. They read all hits
 * of one message together, because a scanner gives itself away by what it does next, so a
 * later hit can change what an earlier one was taken for. Raw hits are never changed:
 * classes are derived, carry the version of these rules, and can be derived again.
 *
 *    1 before_send       2 prefetch_header    3 honeypot     4 apple_mpp
 *    5 gmail_prefetch    6 gmail_proxy        7 proxy        8 user_agent
 *    9 network          10 network_probable  11 burst       12 repeat
 *   13 gateway          14 too_fast          15 suspicious  16 person
 *
 * Rule 3 needs a link that no reader sees: mail of workspaces that want it has one (HONEYPOT_LINK of
 * lib/token.ts), and whatever a workspace wants now, that link is no reader's. Rules 10 and 15, and names
 * in rule 9, need whose network an address is in: lookups/ finds it after the hit, where NETWORK_LOOKUPS says so.
 *
 * Rules 6 and 7 end in "human" and stand before the rules on addresses, because a proxy's
 * address says nothing about who sits behind it.
 */
import {
  burstHits,
  gatewayHits,
  honeypotHits,
  type Marks,
  repeatedHits,
  type Sourced,
} from './bursts.ts'
import {
  type Classified,
  type Context,
  defaultLimits,
  type Hit,
  type HitClass,
  type HitReason,
  type Limits,
} from './hits.ts'
import {
  cloudAsns,
  hostingAsns,
  ipPrefix,
  type NetworkFacts,
  networkFacts,
  scannerAsns,
} from './networks.ts'

export const CLASSIFIER_VERSION = 1

/** All hits of one message, in any order. The answers are in the order of the hits. */
export function classify(hits: readonly Hit[], context: Context): Classified[] {
  const limits = { ...defaultLimits, ...context.limits }
  const sourced = hits
    .map((hit) => ({ hit, prefix: hit.ip === null ? null : ipPrefix(hit.ip) }))
    .sort((a, b) => +a.hit.at - +b.hit.at)
  const marks = markTogether(sourced, context, limits)
  const classes = new Map<Hit, Classified>()
  let opened = false
  // Opens first: rule 15 asks whether a person opened the message.
  for (const kind of ['open', 'click'] as const) {
    for (const { hit } of sourced) {
      if (hit.kind !== kind) continue
      const [verdict, reason] = judge(hit, marks, context, limits, opened)
      classes.set(hit, { id: hit.id, class: verdict, reason, version: CLASSIFIER_VERSION })
    }
    opened = [...classes.values()].some((each) => each.class === 'human')
  }
  return hits.map((hit) => classes.get(hit)!)
}

function markTogether(sourced: readonly Sourced[], context: Context, limits: Limits): Marks {
  const clicks = sourced.filter(({ hit }) => hit.kind === 'click')
  const opens = sourced.filter(({ hit }) => hit.kind === 'open')
  const direct = sourced.filter(({ hit }) => hit.kind === 'click' || !proxyOf(hit))
  const neighbours = context.companyDomain ? (context.neighbours ?? []) : []
  return {
    honeypot: honeypotHits(clicks, context.honeypotLink ?? null, limits),
    burst: burstHits(clicks, opens, context, limits),
    repeat: repeatedHits(clicks, limits),
    gateway: gatewayHits(direct, neighbours, limits),
  }
}

/** The rules, in their order. */
function judge(
  hit: Hit,
  marks: Marks,
  context: Context,
  limits: Limits,
  opened: boolean,
): readonly [HitClass, HitReason] {
  if (hit.at < context.sentAt) return ['machine', 'before_send']
  if (isPrefetch(hit)) return ['machine', 'prefetch_header']
  if (marks.honeypot.has(hit)) return ['machine', 'honeypot']
  if (hit.kind === 'open') {
    const known = openAgent(hit)
    if (known) return known
  }
  if (isMachineAgent(hit.userAgent)) return ['machine', 'user_agent']
  const facts = factsOf(hit, context)
  if (facts.scanner !== null) return ['machine', 'network']
  if (isProbable(hit, facts, context, limits)) return ['machine', 'network_probable']
  if (marks.burst.has(hit)) return ['machine', 'burst']
  if (marks.repeat.has(hit)) return ['duplicate', 'repeat']
  if (marks.gateway.has(hit)) return ['machine', 'gateway']
  if (isTooFast(hit, context, limits)) return ['machine', 'too_fast']
  if (!opened && isSuspicious(hit, facts, context, limits)) return ['unknown', 'suspicious']
  return ['human', 'person']
}

// Rule 2
function isPrefetch(hit: Hit) {
  return (
    /^(HEAD|OPTIONS)$/i.test(hit.method) || /prefetch|preview|prerender/i.test(hit.purpose ?? '')
  )
}

// Rules 4 to 7
function openAgent(hit: Hit): readonly [HitClass, HitReason] | null {
  const agent = hit.userAgent ?? ''
  if (agent === 'Mozilla/5.0') return ['machine', 'apple_mpp']
  if (agent.includes('Chrome/42.0.2311.135') && agent.includes('Edge/12.246')) {
    return ['machine', 'gmail_prefetch']
  }
  const proxy = proxyOf(hit)
  return proxy ? ['human', proxy] : null
}

function proxyOf(hit: Hit): 'gmail_proxy' | 'proxy' | null {
  const agent = hit.userAgent ?? ''
  if (/GoogleImageProxy/i.test(agent)) return 'gmail_proxy'
  return /YahooMailProxy|DuckDuckGo/i.test(agent) ? 'proxy' : null
}

// Rule 8. CUBOT is a make of phones.
const MACHINE_AGENT =
  /(?<!cu)bot|crawl|spider|scan|barracuda|proofpoint|mimecast|symantec|messagelabs|forcepoint|trendmicro|sophos|fireeye|mcafee|ironport|zscaler|checkpoint|python-requests|go-http-client|curl|wget|java\/|okhttp|headless|phantom|slurp|facebookexternalhit|whatsapp|skypeuripreview|bingpreview/i

function isMachineAgent(agent: string | null) {
  return agent === null || agent.trim() === '' || MACHINE_AGENT.test(agent)
}

function factsOf(hit: Hit, context: Context): NetworkFacts {
  if (hit.ip === null) return { scanner: null, asn: null }
  return (context.network ?? networkFacts)(hit.ip)
}

// Rule 10
function isProbable(hit: Hit, facts: NetworkFacts, context: Context, limits: Limits) {
  if (facts.asn === null || ageSeconds(hit, context) >= limits.probableSeconds) return false
  return scannerAsns.has(facts.asn) || (hit.kind === 'click' && cloudAsns.has(facts.asn))
}

// Rule 14
function isTooFast(hit: Hit, context: Context, limits: Limits) {
  const age = ageSeconds(hit, context)
  if (!sinceDelivery(hit, context)) return age < limits.fastAfterSendSeconds
  return age < (hit.kind === 'open' ? limits.fastOpenSeconds : limits.fastClickSeconds)
}

// Rule 15
function isSuspicious(hit: Hit, facts: NetworkFacts, context: Context, limits: Limits) {
  if (hit.kind !== 'click' || !context.companyDomain || facts.asn === null) return false
  return hostingAsns.has(facts.asn) && ageSeconds(hit, context) < limits.suspiciousSeconds
}

function ageSeconds(hit: Hit, context: Pick<Context, 'sentAt' | 'deliveredAt'>): number {
  const anchor = sinceDelivery(hit, context) ?? context.sentAt
  return (+hit.at - +anchor) / 1000
}

/** The delivery time, unless the hit came before it: a receipt's time can be late. */
function sinceDelivery(hit: Hit, context: Pick<Context, 'sentAt' | 'deliveredAt'>): Date | null {
  const delivered = context.deliveredAt
  return delivered !== null && delivered <= hit.at ? delivered : null
}
