/**
 * One request to somebody else's API, from the queue for a connection to its whole answer.
 *
 * What matters to a caller that must not send twice is whether the request can have
 * been read: everything that fails before its first byte is written is Retryable,
 * everything after is Unanswered. undici tells us that moment (`onRequestStart`), so we
 * use its dispatch interface and not `request`, which hides it. A reset of a reused
 * connection is ambiguous by nature and counts as after.
 */
import type { Dispatcher } from 'undici'
import { Misconfigured, Retryable, Unanswered } from '../errors.ts'
import type { HttpResponse } from './http.ts'
import { BlockedAddress } from './ssrf.ts'

const MAX_TEXT_BYTES = 65_536

interface Limits {
  readonly timeoutSeconds: number
  readonly maxReplyBytes: number
}

/** One request and its answer. Settles its promise once. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #host: string
  readonly #limits: Limits
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
    limits: Limits,
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
