/** What tracking has done since the process started, for /metrics. */
export interface TrackingCounters {
  /** Hits taken in: durable when they were answered. */
  hits: number
  /** Tokens that we did not sign. */
  forgedTokens: number
  /** Hits that waited on disk because the database was away. */
  spooled: number
  replayed: number
  /** Hits that neither database nor disk would take. */
  lost: number
  projected: number
  /** Hits on messages that do not exist. */
  dropped: number
  /** Addresses whose network was looked up, and hits left out because too many waited for it. */
  lookups: number
  lookupsLeftOut: number
  callbacks: number
  callbacksForged: number
  callbacksProcessed: number
  callbacksFailed: number
}

export function createCounters(): TrackingCounters {
  return {
    hits: 0,
    forgedTokens: 0,
    spooled: 0,
    replayed: 0,
    lost: 0,
    projected: 0,
    dropped: 0,
    lookups: 0,
    lookupsLeftOut: 0,
    callbacks: 0,
    callbacksForged: 0,
    callbacksProcessed: 0,
    callbacksFailed: 0,
  }
}
