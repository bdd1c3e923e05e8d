/**
 * A circuit breaker per sender: when most calls of the last minute failed in ways that say
 * "the vendor is down", stop calling it for a while and then probe.
 *
 *   closed ──(≥ 20 calls, ≥ half failed)──► open ──(30 s)──► half open ──(5 good probes)──► closed
 *      ▲                                     ▲                   │ one bad probe
 *      └─────────────────────────────────────┴───────────────────┘
 */
const WINDOW_MS = 60_000
const MIN_CALLS = 20
const OPEN_SHARE = 0.5
const PROBES_TO_CLOSE = 5
export const OPEN_MS = 30_000

export type Change = 'open' | 'close' | null

export interface Breaker {
  /** Notes one call and says whether the circuit changes. `atMs` is monotonic. */
  note(ok: boolean, atMs: number): Change
  readonly state: 'closed' | 'open'
}

interface Second {
  readonly at: number
  calls: number
  failed: number
}

export function createBreaker(): Breaker {
  let seconds: Second[] = []
  let state: Breaker['state'] = 'closed'
  let goodProbes = 0

  const count = (ok: boolean, atMs: number): boolean => {
    const at = Math.floor(atMs / 1000)
    if (seconds.at(-1)?.at !== at) {
      seconds = seconds.filter((second) => second.at > at - WINDOW_MS / 1000)
      seconds.push({ at, calls: 0, failed: 0 })
    }
    const current = seconds.at(-1)
    if (!current) return false
    current.calls++
    if (ok) return false
    current.failed++
    const calls = seconds.reduce((sum, second) => sum + second.calls, 0)
    const failed = seconds.reduce((sum, second) => sum + second.failed, 0)
    return calls >= MIN_CALLS && failed / calls >= OPEN_SHARE
  }

  /** Calls while open are probes: claims are let through one at a time after OPEN_MS. */
  const probe = (ok: boolean): Change => {
    goodProbes = ok ? goodProbes + 1 : 0
    if (!ok) return 'open'
    if (goodProbes < PROBES_TO_CLOSE) return null
    state = 'closed'
    seconds = []
    return 'close'
  }

  return {
    note(ok, atMs) {
      if (state === 'open') return probe(ok)
      if (!count(ok, atMs)) return null
      state = 'open'
      goodProbes = 0
      return 'open'
    },
    get state() {
      return state
    },
  }
}
