/** Gives every open and click of some messages its class. */
import type { TransactionSql } from 'postgres'
import { HONEYPOT_LINK } from '../../lib/token.ts'
import { CLASSIFIER_VERSION, classify } from '../classify.ts'
import type { Classified, Context, Neighbour } from '../hits.ts'
import { staticLinks } from '../intake/destinations.ts'
import { type LookedUp, networkFacts } from '../networks.ts'
import { type Engagement, findNeighbours, type NeighbourRow } from '../store/engagements.ts'
import type { HitMessage } from '../store/messages.ts'
import { sightings, windowsAround } from './neighbours.ts'
import type { Placed, ProjectDeps } from './project.ts'

const AROUND = 500 // hits of others that are looked at per network and stretch of time

type Judgeable = Placed | Engagement

interface Hits {
  readonly messages: ReadonlyMap<string, HitMessage>
  readonly rows: readonly Judgeable[]
  /** Who is around them, where that is known already. */
  readonly around: readonly NeighbourRow[] | undefined
}

/** A row whose class is as it was is answered as it is: the same object. */
export async function judgeMessages(
  tx: TransactionSql,
  workspaceId: string,
  { messages, rows, around: known }: Hits,
  deps: ProjectDeps,
): Promise<Engagement[]> {
  const { gatewaySeconds: seconds, gatewayMessages: least } = deps.limits
  const lookAround = () =>
    findNeighbours(tx, workspaceId, windowsAround(rows, { seconds, least }), AROUND)
  const around = known ?? (await lookAround())
  const neighboursOf = sightings(rows, around, least)
  const judged: Engagement[] = []
  for (const [messageId, own] of Map.groupBy(rows, (row) => row.messageId)) {
    const message = messages.get(messageId)!
    const links = own.some((row) => row.kind === 'click')
      ? await linkCount(message, workspaceId, deps)
      : 0
    judged.push(...judgeMessage(message, own, links, neighboursOf(messageId, own), deps))
  }
  return judged
}

async function linkCount(
  message: HitMessage,
  workspaceId: string,
  deps: ProjectDeps,
): Promise<number> {
  if (message.ownLinks > 0) return message.ownLinks
  return (await staticLinks(message, workspaceId, deps.templates)).length
}

function judgeMessage(
  message: HitMessage,
  rows: readonly Judgeable[],
  links: number,
  neighbours: readonly Neighbour[],
  deps: ProjectDeps,
): Engagement[] {
  const context: Context = {
    sentAt: message.sentAt ?? message.createdAt, // hits can be quicker than the note that it was sent
    deliveredAt: message.deliveredAt,
    linkCount: links,
    honeypotLink: HONEYPOT_LINK,
    companyDomain: rows.some((row) => row.company !== null),
    neighbours,
    limits: deps.limits,
    ...networksOf(rows),
  }
  const seen = rows.filter((row) => row.source === 'web')
  const verdicts = new Map(classify(seen, context).map((verdict) => [verdict.id, verdict]))
  return rows.map((row) => {
    const { class: judged, reason, version } = verdicts.get(row.id) ?? told(row)
    if ('class' in row && row.class === judged && row.reason === reason && row.version === version)
      return row
    return { ...row, class: judged, reason, version }
  })
}

/** What was looked up, where anything was. */
function networksOf(rows: readonly Judgeable[]): Pick<Context, 'network'> {
  const found = rows.filter((row) => row.asn !== null || row.hostName !== null)
  if (found.length === 0) return {}
  const known = new Map<string | null, LookedUp>()
  for (const { ip, asn, hostName } of found) {
    const other = known.get(ip)
    known.set(ip, { asn: asn ?? other?.asn, hostName: hostName ?? other?.hostName })
  }
  return { network: (ip) => networkFacts(ip, known.get(ip)) }
}

/** Vendors tell only of people, unless they say that it was a machine. */
function told(row: Placed): Omit<Classified, 'reason'> & { reason: string } {
  const machine = row.purpose === 'machine'
  return {
    id: row.id,
    class: machine ? 'machine' : 'human',
    reason: row.source,
    version: CLASSIFIER_VERSION,
  }
}
