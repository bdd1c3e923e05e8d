/**
 * How we call other people's HTTP APIs.
 *
 * What matters to a caller that must not send twice is whether the request can have
 * been read: everything that fails before its first byte is written is Retryable,
 * everything after is Unanswered. undici tells us that moment (`onRequestStart`), so we
 * use its dispatch interface and not `request`, which hides it. A reset of a reused
 * connection is ambiguous by nature and counts as after.
 *
 * Never follows redirects, never unpacks (we ask for `identity`), reads no proxy settings.
 */
import type { LookupFunction } from 'node:net'
import { Agent, buildConnector, type Dispatcher } from 'undici'
import { Misconfigured, Retryable, Unanswered } from '../errors.ts'
import { BlockedAddress, publicConnector, type UrlRules, whyBlocked } from './ssrf.ts'

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
const MAX_TEXT_BYTES = 65_536

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

/** One request and its answer. Settles its promise once. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #host: string
  readonly #limits: { timeoutSeconds: number; maxReplyBytes: number }
  readonly #resolve: (reply: HttpResponse) => void
  readonly #reject: (error: Error) => void
  readonly #timer: NodeJS.Timeout
  #settled = false
  /** Set once the first byte is about to be written. */
  #controller: Dispatcher.DispatchController | undefined
  #status = 0
  #headers: Record<string, string> = {}
  #chunks: Buffer[] = []
  #size = 0

  constructor(
    host: string,
    limits: { timeoutSeconds: number; maxReplyBytes: number },
    resolve: (reply: HttpResponse) => void,
    reject: (error: Error) => void,
  ) {
    this.#host = host
    this.#limits = limits
    this.#resolve = resolve
    this.#reject = reject
    this.#timer = setTimeout(expire, limits.timeoutSeconds * 1_000, this)
  }

  onRequestStart(controller: Dispatcher.DispatchController) {
    // undici writes nothing when this throws.
    if (this.#settled) throw new Error('given up while waiting for a connection')
    this.#controller = controller
    this.#timer.refresh()
  }

  onResponseStart(
    _: unknown,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ) {
    if (status < 200) return // informational; the answer follows
    this.#status = status
    for (const name in headers) {
      const value = headers[name]
      this.#headers[name] = typeof value === 'string' ? value : (value?.join(', ') ?? '')
    }
    if (Number(this.#headers['content-length']) > this.#limits.maxReplyBytes) this.#tooLarge()
  }

  onResponseData(_: unknown, chunk: Buffer) {
    this.#size += chunk.length
    if (this.#size > this.#limits.maxReplyBytes) this.#tooLarge()
    else this.#chunks.push(chunk)
  }

  onResponseEnd() {
    if (this.#settled) return
    this.#settle()
    const [first, ...more] = this.#chunks
    const bytes = first && more.length === 0 ? first : Buffer.concat(this.#chunks)
    this.#resolve(new Reply(this.#status, this.#headers, bytes))
  }

  onResponseError(_: unknown, error: Error) {
    this.#fail(this.#controller ? unanswered(this.#host, error) : notSent(this.#host, error))
  }

  expire() {
    const { timeoutSeconds } = this.#limits
    this.#fail(
      this.#controller
        ? new Unanswered(`${this.#host} did not answer within ${timeoutSeconds} s.`)
        : new Retryable(`No connection to ${this.#host} within ${timeoutSeconds} s.`),
    )
  }

  #tooLarge() {
    this.#fail(new Unanswered(`The reply of ${this.#host} is too large.`))
  }

  #fail(error: Error) {
    if (this.#settled) return
    this.#settle()
    this.#chunks = []
    this.#reject(error)
    this.#controller?.abort(error)
  }

  #settle() {
    this.#settled = true
    clearTimeout(this.#timer)
  }
}

function expire(exchange: Exchange) {
  exchange.expire()
}

/** Decodes what the caller looks at, and no more. */
class Reply implements HttpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly #bytes: Buffer
  #body: unknown
  #parsed = false

  constructor(status: number, headers: Readonly<Record<string, string>>, bytes: Buffer) {
    this.status = status
    this.headers = headers
    this.#bytes = bytes
  }

  get text() {
    return this.#bytes.toString('utf8', 0, MAX_TEXT_BYTES)
  }

  get body() {
    if (!this.#parsed) {
      this.#body = parseJson(this.#bytes)
      this.#parsed = true
    }
    return this.#body
  }
}

/** By its looks, not by its content type: some APIs send JSON as text/plain. */
function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}

function notSent(host: string, error: Error) {
  if (error instanceof BlockedAddress) return new Misconfigured(error.message)
  const code = codeOf(error)
  if (code === 'UND_ERR_INVALID_ARG') {
    return new Misconfigured(`The request to ${host} could not be made: ${error.message}.`)
  }
  return new Retryable(`${host} could not be reached: ${error.message || code}.`, {
    code,
    cause: error,
  })
}

function unanswered(host: string, error: Error) {
  const reason = error.message || codeOf(error)
  return new Unanswered(`${host} did not answer fully: ${reason}.`, { cause: error })
}

function codeOf(error: Error) {
  return 'code' in error ? String(error.code) : error.name
}
