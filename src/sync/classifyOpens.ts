/** Person or machine, for opens that another system counted: the same rules as for our own mail. */
import type { OpenClass, OpenFacts, OpenHit } from '../connectors/connector.ts'
import { classify } from '../tracking/classify.ts'
import { companyOf } from './gateways.ts'

export function classifyOpens(opens: readonly OpenHit[], facts: OpenFacts): readonly OpenClass[] {
  const hits = opens.map((open) => ({
    ...{ id: open.key, kind: 'open' as const, at: open.at, ip: open.ip, userAgent: open.userAgent },
    ...{ linkIndex: null, method: 'GET', purpose: null },
  }))
  const companyDomain = companyOf(facts.recipient) !== null
  const context = { sentAt: facts.sentAt, deliveredAt: null, linkCount: 0, companyDomain }
  return classify(hits, context).map((each) => ({
    ...{ key: each.id, class: each.class, reason: each.reason },
  }))
}
