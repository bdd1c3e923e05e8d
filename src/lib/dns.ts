/**
 * Asks the domain name system what a name has. No answer is told apart from "it has nothing": of a name
 * server that is silent nobody should conclude that a record is missing.
 */
import { Resolver } from 'node:dns/promises'

const TIMEOUT_MS = 2_000 // of one try; nobody waits longer for a page
const TRIES = 2
const NOTHING = new Set(['ENOTFOUND', 'ENODATA', 'NXDOMAIN'])

/** Null: nobody answered. */
export type Answer = readonly string[] | null

export interface Dns {
  /** The parts of each text joined (RFC 7208 §3.3). */
  texts(name: string): Promise<Answer>
  /** IPv4 and IPv6. */
  addresses(name: string): Promise<Answer>
}

export interface ReverseDns extends Dns {
  /** What a reversed address (`4.3.2.1.in-addr.arpa`) is called; of the zone only, not of this machine's files. */
  pointers(name: string): Promise<Answer>
  /** What is being asked ends as if nobody had answered. */
  cancel(): void
}

/** `servers`: such as 9.9.9.9 or 127.0.0.1:5353; none: those of the system. */
export function createDns(servers: readonly string[] = [], tries = TRIES): ReverseDns {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries })
  if (servers.length > 0) resolver.setServers(servers)
  return {
    async texts(name) {
      const found = await answered(resolver.resolveTxt(name))
      return found?.map((parts) => parts.join('')) ?? null
    },
    async addresses(name) {
      const kinds = [answered(resolver.resolve4(name)), answered(resolver.resolve6(name))]
      const [four, six] = await Promise.all(kinds)
      if (!four && !six) return null
      const all = [...(four ?? []), ...(six ?? [])]
      return all.length === 0 && (!four || !six) ? null : all
    },
    pointers: (name) => answered(resolver.resolvePtr(name)),
    cancel: () => resolver.cancel(),
  }
}

async function answered<T>(asked: Promise<T[]>): Promise<T[] | null> {
  try {
    return await asked
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException // node:dns raises no other
    return code !== undefined && NOTHING.has(code) ? [] : null
  }
}
