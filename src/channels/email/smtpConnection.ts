/**
 * One session's deliveries, pipelined (RFC 2920).
 *
 * At most two transactions share a connection: one whose body is written and whose
 * final reply is awaited, and one whose envelope went out behind that body:
 *
 *   write   MAIL A, RCPT A, DATA │ body A . MAIL B, RCPT B, DATA │ body B . …
 *   read        250, 250, 354 ───┘   250 (A), 250, 250, 354 ─────┘
 *
 * so a delivery costs one write and one read. Replies come in order, hence A is settled
 * before the body of B leaves, and never are two final replies outstanding.
 *
 * When the connection ends, what was written decides (`#lose`): a body with its final
 * dot may have been accepted (Unanswered), anything less was not (Retryable).
 */
import { Buffer } from 'node:buffer'
import { Retryable, Unanswered } from '../../errors.ts'
import type { ConnectionLimits, Deliveries, Delivery } from './smtpDelivery.ts'
import { dotStuffed, finalDot, mailParameters } from './smtpMessage.ts'
import { type Reply, refusal, type Step } from './smtpReply.ts'
import type { Features } from './smtpServer.ts'
import type { Session } from './smtpSession.ts'
import type { Wire, WireListener } from './smtpWire.ts'

interface Transaction {
  readonly delivery: Delivery
  /** What follows the sender's address in MAIL. */
  readonly parameters: string
  /** The first refusal; what follows it in the pipeline is noise. */
  failure: Error | undefined
  mailAccepted: boolean
  rcptAccepted: boolean
}

const SINGLE_WRITE = 64 * 1024 // bytes; longer bodies go in pieces of this size, each awaited
const NOTHING = Buffer.alloc(0)

export class SmtpConnection implements WireListener {
  readonly #wire: Wire
  readonly #features: Features
  readonly #pool: Deliveries
  readonly #limits: ConnectionLimits
  /** The replies to come, in order. */
  readonly #expected: (Step | 'rset')[] = []
  /** Its body is written, its fate unknown. */
  #unanswered: Transaction | undefined
  /** Its envelope is written. */
  #current: Transaction | undefined
  /** What the last replies allow for `#current`. */
  #next: 'mail' | 'rcpt' | 'data' | 'body' | undefined
  #writingBody = false
  /** A transaction failed half way, so the server still holds its envelope. */
  #mustReset = false
  #delivered = 0
  /** Had nothing to do for a while. */
  #rested = false
  #over = false
  #deadline: number

  constructor({ wire, features }: Session, pool: Deliveries, limits: ConnectionLimits) {
    this.#wire = wire
    this.#features = features
    this.#pool = pool
    this.#limits = limits
    this.#deadline = Date.now() + limits.idle
    wire.hand(this)
  }

  get busy(): boolean {
    return this.#current !== undefined || this.#unanswered !== undefined
  }

  /** Whether an envelope may be written now. */
  get hasRoom(): boolean {
    return (
      !this.#over &&
      this.#current === undefined &&
      (this.#unanswered === undefined || this.#features.pipelining) &&
      this.#delivered < this.#limits.messagesPerConnection
    )
  }

  /** Takes the next delivery if there is room and one is waiting. */
  pull() {
    if (this.#over) return
    if (this.#take()) {
      this.#wire.write(this.#envelope())
      if (!this.#unanswered) this.#restartClock()
    } else if (this.#delivered >= this.#limits.messagesPerConnection) {
      if (!this.busy) this.quit()
    } else if (!this.busy) {
      this.#rested = true
      this.#pool.idle(this)
    }
  }

  /** Leaves politely; for connections without work. Settles when the socket is closed. */
  quit(): Promise<void> {
    if (this.#over) return Promise.resolve()
    this.#over = true
    const closed = this.#wire.end('QUIT\r\n')
    this.#pool.gone(this)
    return closed
  }

  /** Ends it at once. What is under way is settled by how far it came. */
  abandon(why: string) {
    this.#lose(new Retryable(why))
  }

  /** The pool asks now and then. */
  expire(now: number) {
    if (now < this.#deadline || this.#over) return
    if (this.busy) this.#lose(new Retryable('The server did not answer in time.'))
    else this.quit()
  }

  reply(reply: Reply) {
    const step = this.#expected.shift()
    if (reply.code === 421) this.#dismissed(reply, step)
    else if (step === undefined) this.#outOfTurn(reply)
    else if (step === 'dot') this.#settle(reply)
    else if (step === 'rset') this.#afterReset(reply)
    else if (this.#current) this.#advance(step, this.#current, reply)
  }

  /** Writes only now, so that replies which came before their question are noticed. */
  replied() {
    if (this.#over) return
    const next = this.#next
    this.#next = undefined
    if (next === 'body' && this.#current) this.#finish(this.#current)
    else if (next && next !== 'body') this.#wire.write(this.#command(next))
    else if (this.#current === undefined) this.pull()
    this.#restartClock()
  }

  lost(error: Error) {
    this.#lose(error, true)
  }

  #restartClock() {
    const step = this.#expected[0]
    const limits = this.#limits
    const patience =
      step === 'dot'
        ? limits.finalReply
        : step === undefined && !this.busy
          ? limits.idle
          : limits.command
    this.#deadline = Date.now() + patience
  }

  #take(): boolean {
    if (!this.hasRoom) return false
    for (let delivery = this.#pool.take(); delivery; delivery = this.#pool.take()) {
      const parameters = mailParameters(delivery, this.#features)
      if (typeof parameters !== 'string') {
        delivery.reject(parameters)
        continue
      }
      const [failure, mailAccepted, rcptAccepted] = [undefined, false, false]
      this.#current = { delivery, parameters, failure, mailAccepted, rcptAccepted }
      return true
    }
    return false
  }

  /** The commands that open the current transaction: all of them, or only the first. */
  #envelope(): string {
    const { pipelining } = this.#features
    const reset = this.#mustReset ? 'RSET\r\n' : ''
    if (this.#mustReset) this.#expected.push('rset')
    this.#mustReset = false
    if (pipelining) {
      return reset + this.#command('mail') + this.#command('rcpt') + this.#command('data')
    }
    return reset || this.#command('mail')
  }

  #command(step: 'mail' | 'rcpt' | 'data'): string {
    if (!this.#current) return ''
    const { delivery, parameters } = this.#current
    this.#expected.push(step)
    if (step === 'data') return 'DATA\r\n'
    if (step === 'rcpt') return `RCPT TO:<${delivery.to}>\r\n`
    return `MAIL FROM:<${delivery.from}>${parameters}\r\n`
  }

  /** A reply to MAIL, RCPT or DATA of the transaction whose body is not written yet. */
  #advance(step: 'mail' | 'rcpt' | 'data', transaction: Transaction, reply: Reply) {
    const accepted = step === 'data' ? reply.code === 354 : reply.ok
    if (!accepted && !reply.refused) return this.#outOfTurn(reply)
    if (step === 'mail') transaction.mailAccepted = accepted
    if (step === 'rcpt') transaction.rcptAccepted = accepted
    if (!accepted) transaction.failure ??= refusal(step, reply)
    // A recipient without a sender: even a lone dot would send an empty message.
    else if (step === 'data' && transaction.failure && transaction.rcptAccepted) {
      return this.#outOfTurn(reply)
    }
    if (step === 'data' && accepted) this.#next = 'body'
    else if (step === 'data' || (!accepted && !this.#features.pipelining)) this.#drop(transaction)
    else if (!this.#features.pipelining) this.#next = step === 'mail' ? 'rcpt' : 'data'
  }

  /** Refused before its body: the server has said all it will say about it. */
  #drop(transaction: Transaction) {
    this.#current = undefined
    this.#mustReset = transaction.mailAccepted
    transaction.delivery.reject(transaction.failure ?? new Retryable('The server refused DATA.'))
  }

  /** 354: the body, or nothing at all when the recipient was refused (RFC 2920 3.1). */
  #finish(transaction: Transaction) {
    const body = transaction.failure ? NOTHING : dotStuffed(transaction.delivery.mime)
    if (body.length > SINGLE_WRITE) {
      this.#writingBody = true
      this.#writePieces(transaction, body, 0)
    } else {
      this.#wire.write(this.#withTail(transaction, body))
    }
  }

  /** The dot is not written before all else left our hands, so a loss until then is no doubt. */
  #writePieces(transaction: Transaction, body: Buffer, start: number) {
    if (this.#over) return
    const end = start + SINGLE_WRITE
    this.#restartClock()
    if (end >= body.length) {
      this.#writingBody = false
      this.#wire.write(this.#withTail(transaction, body.subarray(start)))
      this.#restartClock()
    } else {
      this.#wire.write(body.subarray(start, end), () => this.#writePieces(transaction, body, end))
    }
  }

  /** The end of a body, its dot and, when one is waiting, the next envelope: one write. */
  #withTail(transaction: Transaction, body: Buffer): Buffer {
    this.#delivered++
    this.#expected.push('dot')
    this.#current = undefined
    this.#unanswered = transaction
    this.#mustReset = transaction.failure !== undefined
    let tail = finalDot(body)
    if (this.#features.pipelining && this.#take()) tail += this.#envelope()
    const bytes = Buffer.allocUnsafe(body.length + Buffer.byteLength(tail))
    bytes.set(body)
    bytes.write(tail, body.length)
    return bytes
  }

  /** The reply to a final dot. */
  #settle(reply: Reply) {
    const transaction = this.#unanswered
    if (!transaction) return
    if (!reply.ok && !reply.refused) return this.#outOfTurn(reply)
    this.#unanswered = undefined
    if (transaction.failure) transaction.delivery.reject(transaction.failure)
    else if (reply.ok) transaction.delivery.resolve({ reply: reply.text })
    else transaction.delivery.reject(refusal('dot', reply))
  }

  #afterReset(reply: Reply) {
    if (!reply.ok) this.#lose(new Retryable(reply.text, { code: String(reply.code) }))
    else if (!this.#features.pipelining) this.#next = 'mail'
  }

  /** 421: the server ends the session (RFC 5321 3.8). */
  #dismissed(reply: Reply, step: Step | 'rset' | undefined) {
    if (step === 'dot') this.#settle(reply)
    const error = new Retryable(reply.text, { code: '421' })
    this.#lose(error, step !== 'rcpt' && step !== 'data')
  }

  /** A refusal in the middle of a body answers it. Everything else cannot be made sense of. */
  #outOfTurn(reply: Reply) {
    const transaction = this.#current
    if (transaction && this.#writingBody) {
      transaction.failure ??= reply.refused
        ? refusal('dot', reply)
        : new Unanswered(`Answered before its end: ${reply.text}`)
    } else if (transaction && this.#next === 'body' && reply.refused) {
      transaction.failure ??= refusal('dot', reply)
    }
    this.#lose(new Retryable(`The server spoke out of turn: ${reply.text}`))
  }

  /** `serverLeft`: it ended the session of its own accord, rather than we. */
  #lose(error: Error, serverLeft = false) {
    if (this.#over) return
    this.#over = true
    this.#wire.destroy()
    const { message } = error
    const retryable = error instanceof Retryable ? error : new Retryable(message, { cause: error })
    const betweenMessages = serverLeft && !this.#unanswered && (this.#delivered > 0 || this.#rested)
    if (this.#unanswered) {
      const { delivery, failure } = this.#unanswered
      delivery.reject(failure ?? new Unanswered(`No answer to the whole message: ${message}`))
    }
    if (this.#current) this.#release(this.#current, retryable, betweenMessages)
    this.#pool.gone(this)
  }

  /**
   * Nothing of this one was accepted. A server that leaves between two messages, for idleness
   * or after so many of them, is no failure of the second: it goes to another connection, once.
   */
  #release({ delivery, failure, mailAccepted }: Transaction, error: Error, between: boolean) {
    if (between && !failure && !mailAccepted && !delivery.putBack) {
      delivery.putBack = true
      this.#pool.putBack(delivery)
    } else {
      delivery.reject(failure ?? error)
    }
  }
}
