/** The connections to one origin, and what waits for one. */
import type { buildConnector } from 'undici'
import { Connection, type Exchange, TooLate } from './connection.ts'

const MAX_CONNECTIONS = 50
const SWEEP_MS = 1_000

export class Pool {
  readonly #origin: URL
  readonly #connect: buildConnector.connector
  /** Nothing is open and nothing waits. */
  readonly #onEmpty: () => void
  readonly #open = new Set<Connection>()
  /** Used last, used first: the others grow old and go. */
  readonly #idle: Connection[] = []
  /** In the order in which they came, each with the end of its patience. */
  readonly #waiting = new Map<Exchange, NodeJS.Timeout>()
  #connecting = 0
  #sweep: NodeJS.Timeout | undefined

  constructor(origin: URL, connect: buildConnector.connector, onEmpty: () => void) {
    this.#origin = origin
    this.#connect = connect
    this.#onEmpty = onEmpty
  }

  send(exchange: Exchange) {
    const connection = this.#takeIdle()
    if (connection) return connection.send(exchange)
    const giveUp = () => {
      this.#waiting.delete(exchange)
      exchange.unsent(new TooLate())
    }
    this.#waiting.set(exchange, setTimeout(giveUp, exchange.timeoutMs))
    this.#grow()
  }

  free(connection: Connection) {
    const next = this.#takeWaiting()
    if (next) return connection.send(next)
    this.#idle.push(connection)
    this.#sweep ??= setInterval(() => this.#closeStale(), SWEEP_MS).unref()
    if (this.#idle.length === this.#open.size) for (const one of this.#idle) one.hold(false)
  }

  gone(connection: Connection) {
    this.#open.delete(connection)
    const at = this.#idle.indexOf(connection)
    if (at >= 0) this.#idle.splice(at, 1)
    this.#grow()
    this.#endIfEmpty()
  }

  closeIdle() {
    for (const connection of this.#idle.splice(0)) connection.destroy()
  }

  #takeIdle(): Connection | undefined {
    const now = performance.now()
    for (;;) {
      const connection = this.#idle.pop()
      if (!connection || connection.isUsable(now)) return connection
      connection.destroy()
    }
  }

  #takeWaiting(): Exchange | undefined {
    for (const [exchange, timer] of this.#waiting) {
      clearTimeout(timer)
      this.#waiting.delete(exchange)
      return exchange
    }
    return undefined
  }

  #grow() {
    while (
      this.#connecting < this.#waiting.size &&
      this.#connecting + this.#open.size < MAX_CONNECTIONS
    ) {
      this.#connecting++
      this.#connectOne()
    }
  }

  #connectOne() {
    const { protocol, hostname, host, port } = this.#origin
    const to = { protocol, host, port, hostname: hostname.replace(/^\[|\]$/g, '') }
    this.#connect(to, (...[error, socket]) => {
      this.#connecting--
      if (error) {
        this.#takeWaiting()?.unsent(error)
        this.#grow()
        return this.#endIfEmpty()
      }
      const connection = new Connection(socket, this)
      this.#open.add(connection)
      this.free(connection)
    })
  }

  #closeStale() {
    const now = performance.now()
    for (const connection of this.#idle) if (connection.isStale(now)) connection.destroy()
  }

  #endIfEmpty() {
    if (this.#open.size + this.#connecting + this.#waiting.size > 0) return
    clearInterval(this.#sweep)
    this.#sweep = undefined
    this.#onEmpty()
  }
}
