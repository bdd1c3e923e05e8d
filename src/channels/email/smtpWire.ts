/**
 * A socket that speaks in SMTP replies. Knows nothing of deliveries; the session
 * setup (smtpSession.ts) and then the pipeline (smtpConnection.ts) listen to it.
 */
import type { Buffer } from 'node:buffer'
import { isIP, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { type Reply, ReplyReader } from './smtpReply.ts'

const FAREWELL = 1_000 // ms for the server to close its side

export interface WireListener {
  reply(reply: Reply): void
  /** All replies that arrived together have been handed over. */
  replied(): void
  /** Once, when the connection is gone or speaks something else. */
  lost(error: Error): void
}

export interface TlsTerms {
  readonly host: string
  readonly verify: boolean
  /** Session to resume, and where the next one is kept (RFC 8446 2.2). */
  readonly cache: { session?: Buffer | undefined }
}

export class Wire {
  socket: Socket
  readonly #listen: { to: WireListener }
  #reader = new ReplyReader()
  #detach: () => void
  #over = false

  constructor(socket: Socket, listener: WireListener) {
    this.socket = socket
    this.#listen = { to: listener }
    this.#detach = this.#attach(socket)
  }

  hand(listener: WireListener) {
    this.#listen.to = listener
  }

  write(bytes: Buffer | string, whenFlushed?: () => void) {
    if (this.#over) return
    if (!whenFlushed) this.socket.write(bytes)
    else {
      this.socket.write(bytes, (error) => {
        if (!error) whenFlushed()
      })
    }
  }

  /** Says a last thing and closes; tells nobody but the caller. */
  end(farewell: string): Promise<void> {
    this.#over = true
    this.#detach()
    const { socket } = this
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(() => socket.destroy(), FAREWELL)
    socket.on('error', () => {})
    socket.on('close', () => {
      clearTimeout(timer)
      resolve()
    })
    socket.resume().end(farewell)
    return promise
  }

  /** Tells nobody: whoever destroys a wire knows why. */
  destroy() {
    this.#over = true
    this.#detach()
    this.socket.on('error', () => {})
    this.socket.destroy()
  }

  /**
   * STARTTLS was answered: from here everything is TLS. Bytes already received in
   * the clear would be read as if they were protected (CVE-2011-0411), so they end it.
   */
  upgrade(terms: TlsTerms): boolean {
    if (this.#reader.partial) return false
    this.#detach()
    this.socket = secured(this.socket, terms)
    this.#detach = this.#attach(this.socket)
    return true
  }

  #attach(socket: Socket): () => void {
    const onReply = (reply: Reply) => {
      if (!this.#over) this.#listen.to.reply(reply)
    }
    const data = (chunk: Buffer) => {
      const sound = this.#reader.feed(chunk, onReply)
      if (this.#over) return
      if (sound) this.#listen.to.replied()
      else this.#lose(new Error('The server does not speak SMTP.'))
    }
    const error = (cause: Error) => this.#lose(cause)
    const end = () => this.#lose(new Error('The server closed the connection.'))
    socket.on('data', data).on('error', error).on('end', end).on('close', end)
    return () => socket.off('data', data).off('error', error).off('end', end).off('close', end)
  }

  #lose(error: Error) {
    if (this.#over) return
    this.destroy()
    this.#listen.to.lost(error)
  }
}

/** TLS over a socket; `secureConnect` tells when it stands, `error` why it does not. */
function secured(socket: Socket, { host, verify, cache }: TlsTerms): TLSSocket {
  const tls = connectTls({
    socket,
    host,
    ...(isIP(host) === 0 && { servername: host }),
    rejectUnauthorized: verify,
    ...(cache.session && { session: cache.session }),
  })
  tls.on('session', (session) => {
    cache.session = session
  })
  return tls
}
