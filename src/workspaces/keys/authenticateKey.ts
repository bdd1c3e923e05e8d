/**
 * Finds out whose API key it is. A known key costs one SHA-256 and a look into a map;
 * what the map holds is at most five seconds old, so a revoked key is out by then.
 */
import { timingSafeEqual } from 'node:crypto'
import type { Db } from '../../db/db.ts'
import { createCache } from '../../lib/cache.ts'
import { parseApiKey } from '../../lib/ids.ts'
import { type Auth, type Scope, scopes } from '../auth.ts'
import { findKeyFacts, markUsed } from './store.ts'

const TTL_MS = 4_500 // with the time to load, below the five seconds that are promised
const MAX_KEPT = 20_000 // keys
const MINUTE_MS = 60_000

export interface KnownKey {
  readonly auth: Auth
  readonly slug: string
}

export interface KeyAuthenticator {
  /** Null when it is no key of ours, or does not work. */
  find(key: string): Promise<KnownKey | null>
  /** Takes effect at once in this process. */
  forget(id: string): void
  /** Writes down which keys were used. Done every minute, and at the end. */
  flush(): Promise<void>
  close(): Promise<void>
}

interface Entry extends KnownKey {
  readonly hash: Buffer
  readonly expiresAt: Date | null
}

export function createKeyAuthenticator(
  db: Db,
  onError: (error: unknown) => void = () => {},
): KeyAuthenticator {
  const known = createCache({ load: (id: string) => load(db, id), ttlMs: TTL_MS, max: MAX_KEPT })
  let used = new Map<string, number>()
  const flush = async () => {
    if (used.size === 0) return
    const uses = [...used].map(([id, minute]) => ({ id, at: new Date(minute * MINUTE_MS) }))
    used = new Map()
    await markUsed(db.engine, uses)
  }
  const timer = setInterval(() => void flush().catch(onError), MINUTE_MS)
  timer.unref()
  return {
    async find(key) {
      const parsed = parseApiKey(key)
      if (!parsed) return null
      const entry = await known.get(parsed.id)
      const now = db.clock.now()
      if (!entry || !timingSafeEqual(parsed.hash, entry.hash)) return null
      if (entry.expiresAt && entry.expiresAt <= now) return null
      used.set(parsed.id, Math.floor(now.getTime() / MINUTE_MS))
      return entry
    },
    forget: (id) => known.forget(id),
    flush,
    close: () => {
      clearInterval(timer)
      return flush()
    },
  }
}

async function load(db: Db, id: string): Promise<Entry | undefined> {
  const facts = await findKeyFacts(db.app, id)
  if (!facts || facts.revokedAt) return undefined
  const auth: Auth = Object.freeze({
    kind: 'key',
    workspaceId: facts.workspaceId,
    scopes: new Set(facts.scopes.filter(isScope)),
    actorId: facts.id,
    memberId: null,
    sessionHash: null,
  })
  return {
    auth,
    slug: facts.slug,
    hash: Buffer.from(facts.secretHash, 'hex'),
    expiresAt: facts.expiresAt,
  }
}

/** A scope that a later version took away gives nothing. */
function isScope(name: string): name is Scope {
  return (scopes as readonly string[]).includes(name)
}
