/**
 * From nothing to a server ready for mail: connect, greeting, EHLO, TLS, AUTH
 * (RFC 5321 3.1, RFC 3207, RFC 4954).
 *
 * A refusal here is never about a message: 4xx is Retryable, 5xx Misconfigured.
 */
import { Buffer } from 'node:buffer'
import { connect } from 'node:net'
import { hostname } from 'node:os'
import { Misconfigured, Retryable } from '../../errors.ts'
import type { Reply } from './smtpReply.ts'
import { type TlsTerms, Wire, type WireListener } from './smtpWire.ts'

export interface SmtpServer {
  readonly host: string
  readonly port: number
  /** TLS from the first byte (RFC 8314), instead of STARTTLS. */
  readonly secure: boolean
  /** No mail without TLS. */
  readonly requireTls: boolean
  readonly allowInvalidCertificate: boolean
  readonly user?: string | undefined
  readonly password?: string | undefined
  /** What we call ourselves; default this machine's name or address. */
  readonly ehloName?: string | undefined
}

/** Milliseconds. */
export interface SetupTimeouts {
  readonly connect: number
  readonly greeting: number
  readonly command: number
}

export interface Session {
  readonly wire: Wire
  readonly features: Features
}

/** What EHLO offered. */
export interface Features {
  readonly pipelining: boolean
  readonly eightBit: boolean
  readonly utf8: boolean
  readonly startTls: boolean
  /** Mechanisms in capitals. */
  readonly auth: readonly string[]
  /** Whether SIZE is spoken, and the limit in bytes; Infinity when unlimited or unknown. */
  readonly size: boolean
  readonly maxSize: number
}

export function isLoopback(host: string): boolean {
  return /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|::1|\[::1\])$/i.test(host)
}

/** Throws Retryable or Misconfigured; nothing has been sent then. Aborting ends the attempt. */
export async function openSession(
  server: SmtpServer,
  timeouts: SetupTimeouts,
  cache: TlsTerms['cache'] = {},
  signal?: AbortSignal,
): Promise<Session> {
  const host = server.host.replace(/^\[(.*)\]$/, '$1') // as URLs write IPv6
  const dialogue = new Dialogue({ ...server, host }, timeouts)
  const abort = () => dialogue.lost(new Retryable('The connection was given up.'))
  signal?.addEventListener('abort', abort)
  try {
    return await setUp(dialogue, server, cache)
  } catch (error) {
    dialogue.wire.destroy()
    throw error
  } finally {
    signal?.removeEventListener('abort', abort)
  }
}

async function setUp(dialogue: Dialogue, server: SmtpServer, cache: TlsTerms['cache']) {
  // Credentials are worth as much protection as a demand for TLS: a stripped STARTTLS must not leak them.
  const mustHide = server.requireTls || (hasLogin(server) && !isLoopback(server.host))
  const verify = !server.allowInvalidCertificate && (mustHide || server.secure)
  const terms = { host: dialogue.host, verify, cache }

  await dialogue.connected()
  if (server.secure) await dialogue.secure(terms)
  await dialogue.greeting()
  let features = await dialogue.hello(server.ehloName)
  if (!server.secure && features.startTls) {
    if (await dialogue.startTls(terms, mustHide)) features = await dialogue.hello(server.ehloName)
  } else if (!server.secure && mustHide) {
    throw new Misconfigured(
      `${server.host} offers no TLS on port ${server.port}, and this sender does not send without.`,
    )
  }
  if (hasLogin(server)) await dialogue.authenticate(features, server.user, server.password ?? '')
  return { wire: dialogue.wire, features }
}

function hasLogin(server: SmtpServer): server is SmtpServer & { user: string } {
  return server.user !== undefined && server.user !== ''
}

/** One question, one answer; used only until the session stands. */
class Dialogue implements WireListener {
  readonly wire: Wire
  readonly #server: SmtpServer
  readonly #timeouts: SetupTimeouts
  #broken: Error | undefined
  #onReply: ((reply: Reply) => void) | undefined
  #onBroken: ((error: Error) => void) | undefined
  /** A greeting that came together with the end of the TLS handshake. */
  #early: Reply | undefined
  #greeted = false

  constructor(server: SmtpServer, timeouts: SetupTimeouts) {
    this.#server = server
    this.#timeouts = timeouts
    const socket = connect({ host: server.host, port: server.port })
    socket.setNoDelay(true)
    this.wire = new Wire(socket, this)
  }

  reply(reply: Reply) {
    const onReply = this.#onReply
    this.#onReply = undefined
    if (onReply) onReply(reply)
    else if (!this.#greeted && !this.#early) this.#early = reply
    else this.lost(new Retryable(`The server spoke out of turn: ${reply.text}`))
  }

  replied() {}

  get host() {
    return this.#server.host
  }

  lost(error: Error) {
    this.#broken ??= setupFailure(error, this.#server)
    this.wire.destroy()
    this.#onReply = undefined
    this.#onBroken?.(this.#broken)
  }

  connected(): Promise<void> {
    return this.#within(this.#timeouts.connect, 'accepted no connection', (done) =>
      this.wire.socket.once('connect', done),
    )
  }

  async secure(terms: TlsTerms): Promise<void> {
    if (this.#broken) throw this.#broken
    if (this.#early || !this.wire.upgrade(terms)) {
      throw new Misconfigured(`${this.#server.host} speaks in the clear where TLS should begin.`)
    }
    await this.#within<void>(this.#timeouts.connect, 'did not finish the TLS handshake', (done) =>
      this.wire.socket.once('secureConnect', done),
    )
  }

  async greeting(): Promise<void> {
    const hint = this.#server.secure ? '' : ' (does this port expect implicit TLS?)'
    const reply =
      this.#early ?? (await this.#answer(this.#timeouts.greeting, `sent no greeting${hint}`))
    this.#greeted = true
    if (!reply.ok) throw notOurs(reply)
  }

  async hello(name: string | undefined): Promise<Features> {
    const self = name ?? ownName(this.wire.socket.localAddress)
    const reply = await this.ask(`EHLO ${self}`)
    if (reply.ok) return featuresOf(reply)
    if (reply.code < 500) throw notOurs(reply)
    const plain = await this.ask(`HELO ${self}`) // RFC 5321 3.2
    if (!plain.ok) throw notOurs(plain)
    return featuresOf(undefined)
  }

  /** True when TLS stands. False, where it may be done without, when the server declined. */
  async startTls(terms: TlsTerms, required: boolean): Promise<boolean> {
    const reply = await this.ask('STARTTLS')
    if (!reply.ok && !required) return false
    if (!reply.ok) throw notOurs(reply)
    await this.secure(terms)
    return true
  }

  async authenticate({ auth }: Features, user: string, password: string): Promise<void> {
    if (auth.includes('PLAIN')) {
      return this.#login([`AUTH PLAIN ${base64(`\0${user}\0${password}`)}`])
    }
    if (auth.includes('LOGIN')) return this.#login(['AUTH LOGIN', base64(user), base64(password)])
    throw new Misconfigured(
      auth.length === 0
        ? `${this.#server.host} takes no user and password on this connection.`
        : `${this.#server.host} takes neither AUTH PLAIN nor LOGIN, only ${auth.join(', ')}.`,
    )
  }

  async #login(lines: readonly string[]): Promise<void> {
    for (const [i, line] of lines.entries()) {
      const reply = await this.ask(line)
      const expected = i === lines.length - 1 ? 235 : 334
      if (reply.code === expected) continue
      if (reply.code >= 400 && reply.code < 500) throw notOurs(reply)
      throw new Misconfigured(
        `${this.#server.host} refused the user name or password: ${reply.text}`,
      )
    }
  }

  ask(line: string): Promise<Reply> {
    this.wire.write(`${line}\r\n`)
    return this.#answer(this.#timeouts.command, 'did not answer')
  }

  #answer(timeout: number, failing: string): Promise<Reply> {
    return this.#within(timeout, failing, (done) => {
      this.#onReply = done
    })
  }

  /** Waits for one event, no longer than `timeout` ms, and not beyond the connection's end. */
  #within<T>(
    timeout: number,
    failing: string,
    begin: (done: (value: T) => void) => void,
  ): Promise<T> {
    if (this.#broken) return Promise.reject(this.#broken)
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const timer = setTimeout(() => {
      const message = `${this.#server.host} ${failing} in time.`
      this.lost(new Retryable(message, { code: 'ETIMEDOUT' }))
    }, timeout)
    this.#onBroken = reject
    begin(resolve)
    return promise.finally(() => clearTimeout(timer))
  }
}

function featuresOf(reply: Reply | undefined): Features {
  const offered = new Map<string, string>()
  for (const line of reply?.lines.slice(1) ?? []) {
    const [keyword = '', ...parameters] = line.toUpperCase().split(/[ =]+/)
    offered.set(keyword, parameters.join(' '))
  }
  const maxSize = Number.parseInt(offered.get('SIZE') ?? '', 10)
  return {
    pipelining: offered.has('PIPELINING'),
    eightBit: offered.has('8BITMIME'),
    utf8: offered.has('SMTPUTF8'),
    startTls: offered.has('STARTTLS'),
    auth: offered.get('AUTH')?.split(' ').filter(Boolean) ?? [],
    size: offered.has('SIZE'),
    maxSize: maxSize > 0 ? maxSize : Number.POSITIVE_INFINITY, // RFC 1870 3: 0 means no limit
  }
}

/** A full host name, or the address literal that stands in for one (RFC 5321 4.1.3). */
function ownName(localAddress: string | undefined): string {
  const name = hostname()
  if (/^[a-z\d-]+(?:\.[a-z\d-]+)+$/i.test(name)) return name
  const address = localAddress ?? '127.0.0.1'
  return address.includes(':') ? `[IPv6:${address}]` : `[${address}]`
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

function notOurs(reply: Reply): Error {
  return reply.code >= 500
    ? new Misconfigured(`The server refuses us: ${reply.text}`)
    : new Retryable(reply.text, { code: String(reply.code) })
}

/** Node's errors in our words. */
function setupFailure(error: Error, { host, port }: SmtpServer): Error {
  if (error instanceof Retryable || error instanceof Misconfigured) return error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (code.startsWith('ERR_SSL_')) {
    return new Misconfigured(`${host}:${port} does not speak TLS as expected (${code}).`)
  }
  if (/CERT|SIGNATURE|ERR_TLS/.test(code)) {
    return new Misconfigured(`The certificate of ${host} is not valid: ${error.message}`)
  }
  return new Retryable(`${host}:${port}: ${error.message}`, { ...(code && { code }), cause: error })
}
