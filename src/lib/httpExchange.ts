/**
 * What the outcome of one request means to who made it.
 *
 * What matters to a caller that must not send twice is whether the request can have
 * been read: everything that fails before its first byte is written is Retryable,
 * everything after is Unanswered. A reset of a reused connection is ambiguous by nature and
 * counts as after.
 */
import { Misconfigured, Retryable, Unanswered } from '../errors.ts'
import type { HttpResponse } from './http.ts'
import { type Exchange, TooLate } from './http1/connection.ts'
import { BadReply, type Fields, type WholeReply } from './http1/readReply.ts'
import type { Wire } from './http1/writeRequest.ts'
import { BlockedAddress } from './ssrf.ts'

const MAX_TEXT_BYTES = 65_536

interface Limits {
  readonly timeoutMs: number
  readonly maxReplyBytes: number
}

interface Caller {
  resolve(reply: HttpResponse): void
  reject(error: Error): void
  /** After either. */
  over(): void
}

export class HttpExchange implements Exchange {
  readonly wire: Wire
  readonly timeoutMs: number
  readonly maxReplyBytes: number
  readonly #host: string
  readonly #caller: Caller

  constructor(host: string, wire: Wire, limits: Limits, caller: Caller) {
    this.wire = wire
    this.timeoutMs = limits.timeoutMs
    this.maxReplyBytes = limits.maxReplyBytes
    this.#host = host
    this.#caller = caller
  }

  answered(reply: WholeReply) {
    this.#caller.resolve(new Reply(reply))
    this.#caller.over()
  }

  unsent(error: Error) {
    this.#fail(
      error instanceof TooLate
        ? new Retryable(`No connection to ${this.#host} within ${this.timeoutMs / 1_000} s.`)
        : notSent(this.#host, error),
    )
  }

  unanswered(error: Error) {
    this.#fail(
      error instanceof TooLate
        ? new Unanswered(`${this.#host} did not answer within ${this.timeoutMs / 1_000} s.`)
        : unanswered(this.#host, error),
    )
  }

  #fail(error: Error) {
    this.#caller.reject(error)
    this.#caller.over()
  }
}

/** Decodes what the caller looks at, and no more. */
class Reply implements HttpResponse {
  readonly #reply: WholeReply
  #headers: Record<string, string> | undefined
  #body: unknown
  #parsed = false

  constructor(reply: WholeReply) {
    this.#reply = reply
  }

  get status() {
    return this.#reply.status
  }

  get headers() {
    this.#headers ??= headersOf(this.#reply.fields)
    return this.#headers
  }

  get text() {
    return this.#reply.bytes.toString('utf8', 0, MAX_TEXT_BYTES)
  }

  get body() {
    if (!this.#parsed) {
      this.#body = parseJson(this.#reply.bytes)
      this.#parsed = true
    }
    return this.#body
  }
}

function headersOf(fields: Fields): Record<string, string> {
  const headers: Record<string, string> = Object.create(null)
  for (let at = 0; at < fields.length; at += 2) {
    const [name = '', value = ''] = [fields[at], fields[at + 1]]
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`
  }
  return headers
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
  const said =
    code === 'ENOTFOUND'
      ? `The name ${host} does not resolve.`
      : `${host} could not be reached: ${error.message || code}.`
  return new Retryable(said, { code, cause: error })
}

function unanswered(host: string, error: Error) {
  if (error instanceof BadReply) {
    return new Unanswered(`The reply of ${host} cannot be used: ${error.message}.`)
  }
  const reason = error.message || codeOf(error)
  return new Unanswered(`${host} did not answer fully: ${reason}.`, { cause: error })
}

function codeOf(error: Error) {
  return 'code' in error ? String(error.code) : error.name
}
