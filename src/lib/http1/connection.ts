/** One connection, and the one exchange at a time that it carries. */
import type { Socket } from 'node:net'
import { fieldOf, ReplyReader, type WholeReply } from './readReply.ts'
import type { Wire } from './writeRequest.ts'

const KEEP_MS = 4_000 // idle; a server's own shorter hint wins
const HINT_MARGIN_MS = 1_000 // a server counts from when it wrote, we from when we read

/** What somebody waits for. Exactly one of the last three is called, once. */
export interface Exchange {
  readonly wire: Wire
  /** From the first byte written to the last one read; the same again while it waits to be written. */
  readonly timeoutMs: number
  readonly maxReplyBytes: number
  answered(reply: WholeReply): void
  /** Not a byte was written. */
  unsent(error: Error): void
  /** It was written, perhaps in part, and no whole answer came. */
  unanswered(error: Error): void
}

/** No answer, or no connection, in time. */
export class TooLate extends Error {
  override name = 'TooLate'
}

interface Owner {
  /** It can carry another. */
  free(connection: Connection): void
  gone(connection: Connection): void
}

export class Connection {
  readonly #socket: Socket
  readonly #owner: Owner
  #exchange: Exchange | undefined
  #reader: ReplyReader | undefined
  /** One for all its exchanges; runs on while it is idle and then means nothing. */
  #timer: NodeJS.Timeout | undefined
  #timerMs = 0
  #error: Error | undefined
  #idleSince = 0
  #keepMs = KEEP_MS
  #isHeld = true

  constructor(socket: Socket, owner: Owner) {
    this.#socket = socket
    this.#owner = owner
    socket.on('data', (piece: Buffer) => this.#read(piece))
    socket.on('end', () => this.#end())
    socket.on('error', (error) => {
      this.#error ??= error
    })
    socket.on('close', () => this.#closed())
    this.#idle()
  }

  /** Whether a request may still be written; `now` is monotonic. */
  isUsable(now: number): boolean {
    return !this.isStale(now) && !this.#socket.destroyed && this.#socket.writable
  }

  isStale(now: number): boolean {
    return now - this.#idleSince >= this.#keepMs
  }

  /** An idle connection must not keep the process alive; one that waits for an answer must. */
  hold(held: boolean) {
    if (held === this.#isHeld) return
    this.#isHeld = held
    if (held) this.#socket.ref()
    else this.#socket.unref()
  }

  send(exchange: Exchange) {
    this.hold(true)
    this.#exchange = exchange
    this.#reader = new ReplyReader(exchange.maxReplyBytes)
    this.#setDeadline(exchange.timeoutMs)
    const { head, latin1, body } = exchange.wire
    if (!latin1 && typeof body === 'string') {
      this.#socket.write(head + body, 'utf8')
      return
    }
    this.#socket.cork()
    this.#socket.write(head, 'latin1')
    if (body !== null) this.#socket.write(body)
    this.#socket.uncork()
  }

  destroy() {
    this.#socket.destroy()
  }

  #setDeadline(ms: number) {
    if (this.#timer && ms === this.#timerMs) {
      this.#timer.refresh()
      return
    }
    clearTimeout(this.#timer)
    this.#timerMs = ms
    // The socket keeps the process alive.
    this.#timer = setTimeout(expire, ms, this).unref()
  }

  expire() {
    if (this.#exchange) this.#fail(new TooLate())
  }

  #read(piece: Buffer) {
    if (!this.#reader) return this.destroy() // nobody asked
    try {
      if (!this.#reader.read(piece)) return
    } catch (error) {
      return this.#fail(error instanceof Error ? error : new Error(String(error)))
    }
    this.#finish(this.#reader)
  }

  #end() {
    if (this.#reader?.end()) this.#finish(this.#reader)
    this.destroy()
  }

  #finish(reader: ReplyReader) {
    const exchange = this.#take()
    const { reply } = reader
    // What answers before it has read everything may take the rest for the next request.
    if (reader.keepsOpen && this.#socket.writableLength === 0 && !this.#socket.destroyed) {
      this.#keepMs = keepMs(fieldOf(reply.fields, 'keep-alive'))
      this.#idle()
      this.#owner.free(this)
    } else this.destroy()
    exchange?.answered(reply)
  }

  #fail(error: Error) {
    const exchange = this.#take()
    this.destroy()
    exchange?.unanswered(error)
  }

  #take() {
    const exchange = this.#exchange
    this.#exchange = undefined
    this.#reader = undefined
    return exchange
  }

  #idle() {
    this.#idleSince = performance.now()
  }

  #closed() {
    clearTimeout(this.#timer)
    this.#take()?.unanswered(this.#error ?? new Error('other side closed'))
    this.#owner.gone(this)
  }
}

function expire(connection: Connection) {
  connection.expire()
}

function keepMs(hint: string | undefined): number {
  if (hint === undefined) return KEEP_MS
  const seconds = /(?:^|[,\s])timeout=(\d{1,9})/i.exec(hint)?.[1]
  if (seconds === undefined) return KEEP_MS
  return Math.min(KEEP_MS, Math.max(0, Number(seconds) * 1_000 - HINT_MARGIN_MS))
}
