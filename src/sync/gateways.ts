/**
 * One network that opens the emails of several people of one company within a minute is that
 * company's gateway (tracking/classify.ts, rule 13). It shows only when the opens are there, so they
 * are alerted as they come and taken back here: each with one event, whatever order they came in.
 */
import type { Sql } from '../db/db.ts'
import type { EventInput, RecordedEvent } from '../events/record.ts'
import { gatewayHits } from '../tracking/bursts.ts'
import { defaultLimits, type Hit } from '../tracking/hits.ts'
import { ipPrefix, isCompanyDomain } from '../tracking/networks.ts'
import {
  findAround,
  forgetSightings,
  lockNetworks,
  type Sighting,
  writeSightings,
} from './store/sightings.ts'

const KEPT_MS = 2 * 24 * 3_600_000 // later than that nobody marks an alert
const AROUND = 2_000 // opens of one network and minute that are looked at
const PROXY = /GoogleImageProxy|YahooMailProxy|DuckDuckGo/i // its address says nothing of who opened

/** Null for providers where anybody has a mailbox. */
export function companyOf(recipient: string | null): string | null {
  const domain = recipient?.split('@').at(-1)?.toLowerCase() ?? ''
  return recipient?.includes('@') && isCompanyDomain(domain) ? domain : null
}

/** What `opened`, just recorded in this transaction, shows of itself and of others. */
export async function findGateways(
  tx: Sql,
  place: { workspaceId: string; source: string },
  opened: readonly RecordedEvent[],
  now: Date,
): Promise<EventInput[]> {
  const sightings = opened.flatMap(sightingOf)
  if (sightings.length === 0) return []
  const groups = Map.groupBy(sightings, (each) => `${each.company}/${each.network}`)
  await lockNetworks(tx, place.workspaceId, [...groups.keys()])
  await writeSightings(tx, place, sightings, now)
  await forgetSightings(tx, place.workspaceId, new Date(+now - KEPT_MS))
  const found: EventInput[] = []
  for (const group of groups.values()) {
    const around = await findAround(tx, place, group[0]!, {
      times: group.map((each) => each.at),
      seconds: 2 * defaultLimits.gatewaySeconds, // the window of a window's first open
      limit: AROUND,
    })
    const marked = inCrowd(around)
    found.push(...marked.flatMap((each) => reclassified(each, place)))
  }
  return found
}

function sightingOf({ name, at, properties }: RecordedEvent): Sighting[] {
  const { open_key: openKey, email_id: emailId, recipient, ip, user_agent: agent } = properties
  if (name !== 'email.opened' || typeof openKey !== 'string' || typeof emailId !== 'string')
    return []
  const company = typeof recipient === 'string' ? companyOf(recipient) : null
  const network = typeof ip === 'string' ? ipPrefix(ip) : null
  if (company === null || network === null) return []
  if (typeof agent === 'string' && PROXY.test(agent)) return []
  return [{ ...{ openKey, emailId, company, network, at }, properties }]
}

/** All of one network. The rule looks at one message among others, so each is asked about in turn. */
function inCrowd(around: readonly Sighting[]): Sighting[] {
  const byEmail = Map.groupBy(around, (each) => each.emailId)
  if (byEmail.size < defaultLimits.gatewayMessages) return []
  return [...byEmail].flatMap(([emailId, own]) => {
    const hits = own.map((each) => ({ hit: hitOf(each), prefix: each.network }))
    const others = around
      .filter((each) => each.emailId !== emailId)
      .map((each) => ({ messageId: each.emailId, at: each.at, prefix: each.network }))
    const marked = gatewayHits(hits, others, defaultLimits)
    return own.filter((_, index) => marked.has(hits[index]!.hit))
  })
}

const hitOf = ({ openKey, at }: Sighting): Hit => ({
  ...{ id: openKey, kind: 'open', at, linkIndex: null },
  ...{ ip: null, userAgent: null, method: 'GET', purpose: null },
})

/** Its key makes it one event, however often it is found again. */
function reclassified(
  { openKey, at, properties }: Sighting,
  { workspaceId, source }: { workspaceId: string; source: string },
): EventInput[] {
  if (properties['class'] === 'machine') return []
  return [
    {
      ...{ workspaceId, source, name: 'email.open_reclassified', contactId: null },
      ...{ messageId: null, at, key: `reclassified/${openKey}/machine` },
      properties: {
        ...properties,
        ...{ class: 'machine', class_before: properties['class'], reason: 'gateway' },
      },
    },
  ]
}
