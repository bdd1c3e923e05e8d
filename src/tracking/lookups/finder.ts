/**
 * Has looked up where the hits came from that look like a person's, after they were projected, and judges
 * their messages again with what was found. Nothing waits for it; what is too much is left out and counted.
 *
 * What a process that died had not looked up is found again by the next one that starts, for messages of
 * the last hour: of hits older than ten minutes the networks say little (rules 10 and 15).
 */
import type { Db } from '../../db/db.ts'
import { createLoop } from '../../lib/loop.ts'
import type { ProjectDeps } from '../project/project.ts'
import type { Engagement } from '../store/engagements.ts'
import { findUnlocated, type Unlocated } from '../store/networks.ts'
import { foldBack } from './foldBack.ts'
import type { Facts, Networks } from './networks.ts'

const AT_ONCE = 32 // addresses, two questions each
const MOST_WAITING = 20_000 // hits, of all workspaces
const AT_A_TIME = 500 // hits of one transaction
const TRIES = 5 // of a transaction that fails
const GATHER_MS = 100 // so that what is found at about the same time is one transaction
const RETRY_MS = 500
const IDLE_MS = 60_000
const LEFT_MS = 600_000 // how old a hit may be that is taken up again at the start
const MADE_MS = 3_600_000 // and how old its message

type Found = Unlocated & Facts & { readonly tries: number }

export interface Finder {
  start(): void
  stop(): Promise<void>
  /** These were judged, and that is committed. */
  note(workspaceId: string, judged: readonly Engagement[]): void
  /** Looks up what waits. For tests and tools; the loop does it by itself. */
  runOnce(): Promise<void>
}

export function createFinder(options: {
  db: Db
  networks: Networks
  deps: ProjectDeps
  /** While hits come faster than they can be understood. */
  resting(): boolean
}): Finder {
  const { db, networks, deps } = options
  const { log, counters } = deps
  const waiting = new Map<string, Map<string, Unlocated>>() // by address, then message
  let found: Found[] = []
  let size = 0 // of all that is not done, also of what is being asked
  let asking = 0
  let begun = false

  const add = (hit: Unlocated) => {
    const hits = waiting.get(hit.ip) ?? new Map<string, Unlocated>()
    if (hits.has(hit.messageId)) return
    if (size >= MOST_WAITING) {
      counters.lookupsLeftOut++
      return
    }
    size++
    waiting.set(hit.ip, hits.set(hit.messageId, hit))
  }

  const askNext = async () => {
    const [next] = waiting
    if (!next) return
    const [ip, hits] = next
    waiting.delete(ip)
    asking++
    const facts = await networks.lookUp(ip).finally(() => asking--)
    if (facts.asn === null && facts.hostName === null) size -= hits.size
    else for (const hit of hits.values()) found.push({ ...hit, ...facts, tries: 1 })
  }

  /** One workspace's share; what could not be written is tried again. */
  const write = async (workspaceId: string, share: readonly Found[]) => {
    const now = db.clock.now()
    try {
      const done = await db.engine.begin((tx) => foldBack(tx, workspaceId, share, deps, now))
      if (done) size -= share.length
      else found.push(...share)
    } catch (error) {
      log.warn({ err: error, workspace_id: workspaceId }, 'judging again by networks failed')
      const again = share.filter((each) => each.tries < TRIES)
      found.push(...again.map((each) => ({ ...each, tries: each.tries + 1 })))
      size -= share.length - again.length
      counters.lookupsLeftOut += share.length - again.length
    }
  }

  const writeFound = async () => {
    const all = found
    found = []
    for (const [workspaceId, own] of Map.groupBy(all, (each) => each.workspaceId)) {
      for (let at = 0; at < own.length; at += AT_A_TIME)
        await write(workspaceId, own.slice(at, at + AT_A_TIME))
    }
  }

  const takeUp = async () => {
    const now = +db.clock.now()
    const [since, madeSince] = [new Date(now - LEFT_MS), new Date(now - MADE_MS)]
    const left = await findUnlocated(db.engine, { since, madeSince, limit: MOST_WAITING })
    for (const hit of left) if (networks.isPublic(hit.ip)) add(hit)
    begun = true
  }

  const look = async (): Promise<number> => {
    if (options.resting()) return RETRY_MS
    if (!begun) await takeUp()
    while (asking < AT_ONCE && waiting.size > 0) {
      askNext().then(
        () => loop.poke(GATHER_MS),
        (error: unknown) => log.warn({ err: error }, 'looking up a network failed'),
      )
    }
    await writeFound()
    return found.length > 0 ? RETRY_MS : IDLE_MS
  }
  const loop = createLoop({ look, retryMs: RETRY_MS, name: 'looking up networks', log })

  return {
    start: () => loop.start(),
    async stop() {
      networks.cancel()
      await loop.stop()
    },
    note(workspaceId, judged) {
      const before = size
      for (const row of judged) {
        const { messageId, ip } = row
        if (ip !== null && isWanted(row, ip, networks)) add({ workspaceId, messageId, ip })
      }
      if (size > before) loop.poke(GATHER_MS)
    },
    async runOnce() {
      while (waiting.size > 0) await Promise.all(Array.from({ length: AT_ONCE }, askNext))
      await writeFound()
    },
  }
}

/** Of a person, as far as is known, and not behind a proxy, whose network says nothing of them. */
function isWanted(row: Engagement, ip: string, networks: Networks): boolean {
  if (row.source !== 'web' || !(row.class === 'human' || row.class === 'unknown')) return false
  if (row.reason === 'gmail_proxy' || row.reason === 'proxy' || !networks.isPublic(ip)) return false
  if (row.asn !== null && row.hostName !== null) return false
  const { complete, asn, hostName } = networks.known(ip)
  return !complete || (asn !== null && row.asn === null) || (hostName !== null && !row.hostName)
}
