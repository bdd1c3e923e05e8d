/**
 * Turns hits into events, classes and counters: one batch of one workspace, one transaction.
 *
 * Whatever goes wrong, the hits are back and nothing was counted. All opens and clicks of
 * a message are classified together, so a later one can change what earlier ones were
 * taken for; counters are corrected with them. Events stay as they were recorded: the
 * class in an event is what was thought at the time, `engagements` has what is thought now.
 */

import type { Logger } from 'pino'
import type { TransactionSql } from 'postgres'
import type { TemplateDirectory } from '../../templates/directory.ts'
import type { TrackingCounters } from '../counters.ts'
import type { Limits } from '../hits.ts'
import type { Networks } from '../lookups/networks.ts'
import { ipPrefix, isCompanyDomain } from '../networks.ts'
import {
  type Engagement,
  findEngagements,
  findKnownIds,
  findNeighbours,
} from '../store/engagements.ts'
import { type TakenHit, takeHits, tryWorkspaceLock } from '../store/hits.ts'
import { findHitMessages, type HitMessage } from '../store/messages.ts'
import { judgeMessages } from './judge.ts'
import { messagesToReconsider, windowsAround } from './neighbours.ts'
import { MOST, save } from './save.ts'

const AROUND = 500 // hits of others that are looked at per network and stretch of time

export interface ProjectDeps {
  readonly templates: TemplateDirectory
  readonly log: Logger
  readonly counters: TrackingCounters
  /** Keep whole addresses in events instead of their networks. */
  readonly logPii: boolean
  readonly limits: Limits
  /** Where networks are looked up. */
  readonly networks?: Networks | undefined
}

export interface Projected {
  /** How many hits were taken; `limit` or more means that there may be others. Zero also when another process is at it. */
  readonly taken: number
  readonly judged: readonly Engagement[]
}

export async function project(
  tx: TransactionSql,
  workspaceId: string,
  deps: ProjectDeps,
  { now, limit }: { now: Date; limit: number },
): Promise<Projected> {
  if (!(await tryWorkspaceLock(tx, workspaceId))) return { taken: 0, judged: [] }
  const { taken, hits } = await takeHits(tx, workspaceId, limit)
  if (taken === 0) return { taken, judged: [] }
  const fresh = await placed(tx, workspaceId, hits, deps)
  const { messages, before, around } = await concerned(tx, workspaceId, fresh, deps)
  const known = await knownIds(tx, workspaceId, before, fresh)
  const news = fresh.filter((hit) => !known.has(hit.id)) // not one that was carried over twice
  const rows = [...before, ...news]
  // Where nothing was there before, the hits that are judged are those that were looked around.
  const seen = rows.length === fresh.length && before.length === 0 ? around : undefined
  const after = await judgeMessages(tx, workspaceId, { messages, rows, around: seen }, deps)
  await save(
    tx,
    workspaceId,
    { messages, before, after, news: new Set(news.map((hit) => hit.id)) },
    deps,
    now,
  )
  deps.counters.projected += news.length
  return { taken, judged: after }
}

/** Of messages with more hits than were read, the rest is asked for by id. */
async function knownIds(
  tx: TransactionSql,
  workspaceId: string,
  before: readonly Engagement[],
  fresh: readonly Placed[],
): Promise<Set<string>> {
  const sizes = Map.groupBy(before, (row) => row.messageId)
  const beyond = fresh.filter((hit) => (sizes.get(hit.messageId)?.length ?? 0) >= MOST)
  return new Set([...before.map((row) => row.id), ...(await findKnownIds(tx, workspaceId, beyond))])
}

const unknown = { asn: null, hostName: null }

/** A hit before it has a class. */
export type Placed = TakenHit & Pick<Engagement, 'network' | 'company' | 'asn' | 'hostName'>

/** With network and company; hits of messages that do not exist are dropped. */
async function placed(
  tx: TransactionSql,
  workspaceId: string,
  taken: readonly TakenHit[],
  deps: ProjectDeps,
) {
  const messages = await findHitMessages(tx, workspaceId, [
    ...new Set(taken.map((hit) => hit.messageId)),
  ])
  const fresh = taken.flatMap((hit): (Placed & { message: HitMessage })[] => {
    const message = messages.get(hit.messageId)
    if (!message) return []
    const seen = isErased(message) ? { ...hit, ip: null, userAgent: null } : hit
    const network = seen.ip === null ? null : ipPrefix(seen.ip)
    const { asn, hostName } = (seen.ip !== null && deps.networks?.known(seen.ip)) || unknown
    return [{ ...seen, network, company: companyOf(message), asn, hostName, message }]
  })
  const dropped = taken.length - fresh.length
  deps.counters.dropped += dropped
  if (dropped > 0) {
    deps.log.warn(
      { workspace_id: workspaceId, hits: dropped },
      'hits on messages that do not exist were dropped',
    )
  }
  return fresh
}

/** Nobody's any more: that it was opened still counts, by whom and from where is not kept. */
function isErased(message: HitMessage): boolean {
  return message.channel === 'email' && message.address === null && message.contactId === null
}

function companyOf(message: HitMessage): string | null {
  if (message.channel !== 'email' || message.address === null) return null
  const domain = message.address.slice(message.address.lastIndexOf('@') + 1).toLowerCase()
  return isCompanyDomain(domain) ? domain : null
}

/** The messages that were hit and those that a crowd around the hits puts in another light. */
async function concerned(
  tx: TransactionSql,
  workspaceId: string,
  fresh: readonly (Placed & { message: HitMessage })[],
  { limits }: ProjectDeps,
) {
  const messages = new Map(fresh.map((hit) => [hit.messageId, hit.message]))
  const { gatewaySeconds: seconds, gatewayMessages: least } = limits
  const windows = windowsAround(fresh, { seconds, least })
  const around = await findNeighbours(tx, workspaceId, windows, AROUND)
  const others = messagesToReconsider(fresh, around, least)
  const added = [...others].filter((id) => !messages.has(id))
  if (added.length > 0) {
    for (const [id, message] of await findHitMessages(tx, workspaceId, added))
      messages.set(id, message)
  }
  const before = await findEngagements(tx, workspaceId, [...messages.keys()], MOST)
  return { messages, before, around }
}
