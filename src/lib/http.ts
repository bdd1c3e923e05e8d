/**
 * How we call other people's HTTP APIs: limits and the guard. Connections, and what is written to
 * and read from them, are in http1/; what the outcome of one request means is in httpExchange.ts.
 *
 * Written here because it is the hot path of every provider: 15 µs of CPU a request where
 * `undici.request` takes 25, most of the difference for generality that we do not use.
 *
 * Never follows redirects, never unpacks (we ask for `identity`), reads no proxy settings.
 */
import type { LookupFunction } from 'node:net'
import { LRUCache } from 'lru-cache'
import { buildConnector } from 'undici'
import { Misconfigured, Retryable } from '../errors.ts'
import { Pool } from './http1/pool.ts'
import { BadHeader, type Wire, writeRequest } from './http1/writeRequest.ts'
import { HttpExchange } from './httpExchange.ts'
import { publicConnector, type UrlRules, whyBlocked } from './ssrf.ts'

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: string
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as application/json. */
  readonly json?: unknown
  /** Sent as application/x-www-form-urlencoded. */
  readonly form?: Readonly<Record<string, string>>
  /** Sent as it is. */
  readonly body?: string | Buffer
  /** For the whole exchange once a connection is free; 15 by default. */
  readonly timeoutSeconds?: number
}

export interface HttpResponse {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** Parsed JSON when it is JSON, else undefined. */
  readonly body: unknown
  /** At most 64 KB. */
  readonly text: string
}

export interface Http {
  /**
   * Every HTTP status is an answer, not an error. Throws Retryable when nothing was
   * sent (DNS, refused, TLS), Unanswered when the request left and no whole answer came,
   * Misconfigured when the URL or a header cannot be used or, under guard, may not be called.
   * No message holds more of the URL than its host: paths and queries carry secrets.
   */
  send(request: HttpRequest): Promise<HttpResponse>
}

/** A request that somebody made to us, as it arrived, for signatures over raw bytes. */
export interface RawRequest {
  readonly method: string
  /** The public URL, with query. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly rawBody: string
}

export interface HttpOptions extends UrlRules {
  /** True where a workspace's members typed the URL; false for what the operator's environment names. */
  readonly guard: boolean
  readonly connectTimeoutSeconds?: number
  readonly timeoutSeconds?: number
  /** A larger reply is not read to its end. */
  readonly maxReplyBytes?: number
  /** Replaces the system's resolver. */
  readonly lookup?: LookupFunction
}

export interface ClosableHttp extends Http {
  /** Waits for exchanges under way, then closes the connections. */
  close(): Promise<void>
}

const CONNECT_TIMEOUT_S = 5 // name, TCP and TLS together
const TIMEOUT_S = 15 // from the first byte written to the last one read
const MAX_REPLY_BYTES = 1_048_576
const KNOWN_URLS = 1_000 // parsed; most requests go to few of them

interface Target {
  readonly url: URL
  readonly path: string
}

export function createHttp(options: HttpOptions): ClosableHttp {
  const pools = new Map<string, Pool>()
  const targets = new LRUCache<string, Target>({ max: KNOWN_URLS })
  const connect = connector(options)
  const { maxReplyBytes = MAX_REPLY_BYTES, timeoutSeconds = TIMEOUT_S } = options
  let underWay = 0
  let closing: Promise<void> | undefined
  let onLast: (() => void) | undefined

  const targetOf = (text: string): Target => {
    const known = targets.get(text)
    if (known) return known
    const url = URL.parse(text)
    const refusal = url ? whyUnfit(url, options) : 'This is not a URL.'
    if (!url || refusal) throw new Misconfigured(`${url?.host ?? 'URL'}: ${refusal}`)
    const target = { url, path: url.pathname + url.search }
    targets.set(text, target)
    return target
  }

  const poolOf = ({ url }: Target): Pool => {
    const known = pools.get(url.origin)
    if (known) return known
    const pool = new Pool(url, connect, () => pools.delete(url.origin))
    pools.set(url.origin, pool)
    return pool
  }

  const over = () => {
    underWay--
    if (underWay === 0) onLast?.()
  }

  return {
    async send(request) {
      const target = targetOf(request.url)
      const { host } = target.url
      if (closing) throw new Retryable(`${host} was not called: this program is ending.`)
      const wire = wireOf(request, target)
      const timeoutMs = (request.timeoutSeconds ?? timeoutSeconds) * 1_000
      underWay++
      return new Promise((resolve, reject) => {
        const limits = { timeoutMs, maxReplyBytes }
        poolOf(target).send(new HttpExchange(host, wire, limits, { resolve, reject, over }))
      })
    },

    async close() {
      closing ??= new Promise((resolve) => {
        if (underWay === 0) resolve()
        else onLast = resolve
      })
      await closing
      for (const pool of pools.values()) pool.closeIdle()
    },
  }
}

function whyUnfit(url: URL, options: HttpOptions): string | null {
  if (options.guard) return whyBlocked(url, options)
  return /^https?:$/.test(url.protocol) ? null : 'Use an http or https URL.'
}

function connector({ guard, connectTimeoutSeconds = CONNECT_TIMEOUT_S, ...options }: HttpOptions) {
  const { lookup, ...rules } = options
  const base = { timeout: connectTimeoutSeconds * 1_000, allowH2: false }
  if (guard) return publicConnector(base, rules, lookup)
  return buildConnector(lookup ? { ...base, lookup } : base)
}

function wireOf(request: HttpRequest, { url, path }: Target): Wire {
  const headers: Record<string, string> = {
    'user-agent': 'Beckon',
    'accept-encoding': 'identity',
    ...request.headers,
  }
  let body: string | Buffer | null = request.body ?? null
  if (request.json !== undefined) {
    headers['content-type'] ??= 'application/json'
    body = JSON.stringify(request.json)
  } else if (request.form) {
    headers['content-type'] ??= 'application/x-www-form-urlencoded'
    body = new URLSearchParams(request.form).toString()
  }
  try {
    return writeRequest(request.method, { host: url.host, path }, headers, body)
  } catch (error) {
    if (!(error instanceof BadHeader)) throw error
    throw new Misconfigured(`The request to ${url.host} could not be made: ${error.message}.`)
  }
}
