/** What passes between the pool (smtpClient.ts) and its connections (smtpConnection.ts). */
import type { SmtpConnection } from './smtpConnection.ts'
import type { Mail } from './smtpMessage.ts'

/** One message on its way through the pool. */
export interface Delivery extends Mail {
  resolve(accepted: { reply: string }): void
  reject(error: Error): void
  /** Put back once already, because the server had left the connection it was written to. */
  putBack: boolean
}

/** What a connection needs of its pool. */
export interface Deliveries {
  take(): Delivery | undefined
  putBack(delivery: Delivery): void
  /** The connection has nothing to do. */
  idle(connection: SmtpConnection): void
  /** The connection is over, and everything it held is settled. */
  gone(connection: SmtpConnection): void
}

export interface ConnectionLimits {
  readonly messagesPerConnection: number
  /** Milliseconds: per reply, for the reply to the final dot, and without work. */
  readonly command: number
  readonly finalReply: number
  readonly idle: number
}
