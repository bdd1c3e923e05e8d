/**
 * How we call other people's HTTP APIs: connections, limits and the guard. What happens
 * to one request is in httpExchange.ts.
 *
 * Never follows redirects, never unpacks (we ask for `identity`), reads no proxy settings.
 */
import type { LookupFunction } from 'node:net'
import { Agent, buildConnector, type Dispatcher } from 'undici'
import { Misconfigured } from '../errors.ts'
import { Exchange } from './httpExchange.ts'
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

const CONNECTIONS = 50 // per origin
const KEEP_ALIVE_MS = 4_000 // idle; a server's own shorter hint wins
const CONNECT_TIMEOUT_S = 5 // name, TCP and TLS together
const TIMEOUT_S = 15 // from the first byte written to the last one read
const MAX_REPLY_BYTES = 1_048_576

export function createHttp(options: HttpOptions): ClosableHttp {
  const agent = new Agent({
    connections: CONNECTIONS,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: 0, // Exchange has one deadline for everything
    bodyTimeout: 0,
    connect: connector(options),
  })
  const maxReplyBytes = options.maxReplyBytes ?? MAX_REPLY_BYTES
  const timeoutSeconds = options.timeoutSeconds ?? TIMEOUT_S
  return {
    send(request) {
      return new Promise((resolve, reject) => {
        const url = URL.parse(request.url)
        const refusal = url ? options.guard && whyBlocked(url, options) : 'This is not a URL.'
        if (!url || refusal) return reject(new Misconfigured(`${url?.host ?? 'URL'}: ${refusal}`))
        const limits = { timeoutSeconds: request.timeoutSeconds ?? timeoutSeconds, maxReplyBytes }
        agent.dispatch(toDispatch(request, url), new Exchange(url.host, limits, resolve, reject))
      })
    },
    close: () => agent.close(),
  }
}

function connector({ guard, connectTimeoutSeconds = CONNECT_TIMEOUT_S, ...options }: HttpOptions) {
  const { lookup, ...rules } = options
  const base = { timeout: connectTimeoutSeconds * 1_000, allowH2: false }
  if (guard) return publicConnector(base, rules, lookup)
  return buildConnector(lookup ? { ...base, lookup } : base)
}

function toDispatch(request: HttpRequest, url: URL): Dispatcher.DispatchOptions {
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
  return {
    origin: url.origin,
    path: url.pathname + url.search,
    method: request.method,
    headers,
    body,
  }
}
