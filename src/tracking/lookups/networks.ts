/**
 * Asks in whose network an address is and what it is called, and remembers it: what the rules 9, 10 and 15
 * of classify.ts go by. A resolver that does not answer costs nothing but the time of whoever waits here.
 */
import { LRUCache } from 'lru-cache'
import type { Answer, ReverseDns } from '../../lib/dns.ts'
import { isBlockedAddress } from '../../lib/ssrf.ts'
import type { TrackingCounters } from '../counters.ts'
import { ipPrefix, plainAddress } from '../networks.ts'
import { asnOf, hostNameOf, originName, pointerName } from './names.ts'

const KEPT = 50_000 // networks, and as many addresses: about 10 MB each
const KNOWN_MS = 24 * 3_600_000
const NOTHING_MS = 3_600_000 // where there is nothing to be known

export interface Facts {
  readonly asn: number | null
  readonly hostName: string | null
}

/** `complete`: there is nothing left to ask. */
export type Remembered = Facts & { readonly complete: boolean }

export interface Networks {
  /** What is remembered of it; asks nobody. */
  known(ip: string): Remembered
  /** As much as there were answers for. */
  lookUp(ip: string): Promise<Facts>
  /** Whether it is anybody's business where it is: not of private addresses. */
  isPublic(ip: string): boolean
  /** What is being asked is given up. */
  cancel(): void
}

export function createNetworks(options: {
  dns: Pick<ReverseDns, 'texts' | 'pointers' | 'cancel'>
  counters: Pick<TrackingCounters, 'lookups'>
  clock: { now(): Date }
}): Networks {
  const { dns, counters } = options
  const nowMs = () => +options.clock.now()
  const asns = remember(async (ip) => found(await ask(dns.texts, originName(ip)), asnOf), nowMs)
  const hosts = remember(
    async (ip) => found(await ask(dns.pointers, pointerName(ip)), hostNameOf),
    nowMs,
  )
  return {
    known(ip) {
      const [asn, host] = [asns.get(networkOf(ip)), hosts.get(ip)]
      const complete = asn !== undefined && host !== undefined
      return { asn: asn?.value ?? null, hostName: host?.value ?? null, complete }
    },
    async lookUp(ip) {
      counters.lookups++
      const [asn, host] = await Promise.all([asns.fetch(networkOf(ip)), hosts.fetch(ip)])
      return { asn: asn?.value ?? null, hostName: host?.value ?? null }
    },
    isPublic: (ip) => !isBlockedAddress(plainAddress(ip) ?? ''),
    cancel: () => dns.cancel(),
  }
}

/** The first address of its network: all of it has one answer. */
const networkOf = (ip: string) => ipPrefix(ip)?.split('/')[0] ?? ip

type Found<T> = { readonly value: T | null }

/** Undefined, nobody answered: not remembered, so the next one asks again. */
function found<T>(answer: Answer, read: (answer: readonly string[]) => T | null) {
  return answer === null ? undefined : { value: read(answer) }
}

const ask = async (how: (name: string) => Promise<Answer>, name: string | null): Promise<Answer> =>
  name === null ? [] : how(name)

/** One question at a time for each key, however many ask. */
function remember<T>(load: (key: string) => Promise<Found<T> | undefined>, nowMs: () => number) {
  return new LRUCache<string, Found<T>>({
    max: KEPT,
    ttl: KNOWN_MS,
    perf: { now: nowMs },
    ttlResolution: 0,
    async fetchMethod(key, _stale, { options }) {
      const answer = await load(key)
      if (answer?.value === null) options.ttl = NOTHING_MS
      return answer
    },
  })
}
