/**
 * Keeps a connection's calls under the limits that the vendor names in its answers: the RateLimit
 * header (draft-ietf-httpapi-ratelimit-headers, `limit=…, remaining=…, reset=…` or `r=…;t=…`) and,
 * at a 429, Retry-After (RFC 9110 §10.2.3).
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { Retryable } from '../errors.ts'
import type { Http, HttpResponse } from '../lib/http.ts'
import { retryAfterSeconds } from '../lib/reply.ts'

const SHORT_WAIT_MS = 2_000 // is sat out; longer ones go back to whoever planned the work
/** A vendor's limits begin anew after a day at most; whoever says longer is not believed. */
export const LONGEST_LIMIT_S = 86_400
const UNSAID_SECONDS = 5 // after a 429 that does not say for how long

/** When this connection may call again. Monotonic milliseconds; shared by all calls of a process. */
export interface Pace {
  notBefore: number
}

/** `headers` sign each request; a request's own win. Throws Retryable instead of answering 429. */
export function politeHttp(
  http: Http,
  pace: Pace,
  headers: Readonly<Record<string, string>>,
): Http {
  return {
    async send(request) {
      const wait = pace.notBefore - performance.now()
      if (wait > SHORT_WAIT_MS)
        throw new Retryable('The limit of calls is used up.', { after: wait / 1_000, code: '429' })
      if (wait > 0) await sleep(wait)
      const reply = await http.send({ ...request, headers: { ...headers, ...request.headers } })
      const seconds = Math.min(secondsToWait(reply), LONGEST_LIMIT_S)
      if (seconds > 0)
        pace.notBefore = Math.max(pace.notBefore, performance.now() + seconds * 1_000)
      if (reply.status !== 429) return reply
      throw new Retryable(`${new URL(request.url).host} takes no more calls for now.`, {
        ...{ after: seconds, code: '429' },
      })
    },
  }
}

function secondsToWait(reply: HttpResponse): number {
  const limit = rateLimit(reply.headers['ratelimit'])
  if (reply.status === 429) return limit.reset ?? retryAfterSeconds(reply) ?? UNSAID_SECONDS
  return limit.remaining === 0 ? (limit.reset ?? 0) : 0
}

/**
 * `limit=100, remaining=50, reset=5`; seconds may be fractions. In the draft's later form there are
 * several, `"minuteRate";r=0;t=38, "concurrency";r=3`: one that is used up counts, the longest of them.
 */
export function rateLimit(header: string | undefined): { remaining?: number; reset?: number } {
  const spent = (header ?? '').split(',').filter((each) => /;\s*r=0(?:\.0*)?\s*(?:;|$)/i.test(each))
  const waits = spent.map((each) => Number(/;\s*t=(\d+(?:\.\d+)?)/i.exec(each)?.[1] ?? 0))
  if (waits.length > 0) return { remaining: 0, reset: Math.max(...waits) }
  const parts = [...(header ?? '').matchAll(/\b(remaining|reset)\s*=\s*(\d+(?:\.\d+)?)/gi)]
  return Object.fromEntries(parts.map(([, name, value]) => [name?.toLowerCase(), Number(value)]))
}
