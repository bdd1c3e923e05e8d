/** Talks to an SMTP server one question at a time, which is what setting up a session takes. */
import { Buffer } from 'node:buffer'
import { connect } from 'node:net'
import { hostname } from 'node:os'
import { Misconfigured, Retryable } from '../../errors.ts'
import { excerpt } from '../../lib/reply.ts'
import { BlockedAddress, publicLookup } from '../../lib/ssrf.ts'
import type { Reply } from './smtpReply.ts'
import {
  type Features,
  featuresOf,
  notPublic,
  type SetupTimeouts,
  type SmtpServer,
} from './smtpServer.ts'
import { type TlsTerms, Wire, type WireListener } from './smtpWire.ts'

/** A refusal here is never about a message: 4xx is Retryable, 5xx Misconfigured. */
export class Dialogue implements WireListener {
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
    const lookup = server.publicOnly ? { lookup: publicLookup() } : {}
    const socket = connect({ host: server.host, port: server.port, ...lookup })
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
    const plain = base64(`\0${user}\0${password}`)
    const secrets = [password, base64(password), plain]
    if (auth.includes('PLAIN')) return this.#login([`AUTH PLAIN ${plain}`], secrets)
    if (auth.includes('LOGIN'))
      return this.#login(['AUTH LOGIN', base64(user), base64(password)], secrets)
    throw new Misconfigured(
      auth.length === 0
        ? `${this.#server.host} takes no user and password on this connection.`
        : `${this.#server.host} takes neither AUTH PLAIN nor LOGIN, only ${auth.join(', ')}.`,
    )
  }

  /** `secrets`: some servers say again what they were told. */
  async #login(lines: readonly string[], secrets: readonly string[]): Promise<void> {
    for (const [i, line] of lines.entries()) {
      const said = await this.ask(line)
      const reply = { code: said.code, text: excerpt(said.text, ...secrets) }
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

function notOurs(reply: Pick<Reply, 'code' | 'text'>): Error {
  return reply.code >= 500
    ? new Misconfigured(`The server refuses us: ${reply.text}`)
    : new Retryable(reply.text, { code: String(reply.code) })
}

/** Node's errors in our words. */
function setupFailure(error: Error, { host, port }: SmtpServer): Error {
  if (error instanceof Retryable || error instanceof Misconfigured) return error
  if (error instanceof BlockedAddress) return new Misconfigured(notPublic(host))
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (code.startsWith('ERR_SSL_')) {
    return new Misconfigured(`${host}:${port} does not speak TLS as expected (${code}).`)
  }
  if (/CERT|SIGNATURE|ERR_TLS/.test(code)) {
    return new Misconfigured(`The certificate of ${host} is not valid: ${error.message}`)
  }
  return new Retryable(`${host}:${port}: ${error.message || code}`, {
    ...(code && { code }),
    cause: error,
  })
}
